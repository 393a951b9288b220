import { Module } from '@nestjs/common';
import { JiraClientModule } from '@gatehouse/jira-client';
import { GatewayCookies } from './cookies/gateway.cookies.js';
import { AccountStore } from './entry/account.store.js';
import { AccountWaiter } from './entry/account.waiter.js';
import { CallbackController } from './entry/callback.controller.js';
import { CallbackService } from './entry/callback.service.js';
import { LoginRecords } from './entry/login-record.store.js';
import { LoginController } from './entry/login.controller.js';
import { SignInCompletion } from './entry/sign-in.completion.js';
import { SignInStart } from './entry/sign-in.start.js';
import { WaitController } from './entry/wait.controller.js';
import { ExpiredRowsSweep } from './expired-rows.sweep.js';
import { ServiceForwarder } from './forward/service.forwarder.js';
import { GatewayFront } from './gateway.front.js';
import { AssetsController } from './pages/assets.controller.js';
import { SignInErrorFilter } from './pages/sign-in-error.filter.js';
import { PageSurroundings } from './pages/surroundings.service.js';
import { UnknownPageController } from './pages/unknown-page.controller.js';
import { Admission } from './provider/admission.service.js';
import { Interactions } from './provider/interactions.service.js';
import { JiraAddress } from './provider/jira.address.js';
import { OpFront } from './provider/op.front.js';
import { OpKeyStore } from './provider/op-keys.store.js';
import { OpModelStore } from './provider/op-model.store.js';
import { OpenIdProvider } from './provider/openid-provider.js';
import { RefusedSecretNotice } from './provider/refused-secret.notice.js';
import { ProviderConnections } from './relying-party/provider-connections.service.js';
import { TransactionStore } from './relying-party/transaction.store.js';
import { LogoutController } from './session/logout.controller.js';
import { SessionStore } from './session/session.store.js';

@Module({
  imports: [JiraClientModule],
  controllers: [
    LoginController,
    WaitController,
    CallbackController,
    LogoutController,
    AssetsController,
    UnknownPageController,
  ],
  providers: [
    AccountStore,
    AccountWaiter,
    Admission,
    CallbackService,
    ExpiredRowsSweep,
    GatewayCookies,
    GatewayFront,
    Interactions,
    JiraAddress,
    LoginRecords,
    OpFront,
    OpKeyStore,
    OpModelStore,
    OpenIdProvider,
    PageSurroundings,
    ServiceForwarder,
    ProviderConnections,
    RefusedSecretNotice,
    SessionStore,
    SignInCompletion,
    SignInErrorFilter,
    SignInStart,
    TransactionStore,
  ],
})
export class AuthGatewayModule {}
