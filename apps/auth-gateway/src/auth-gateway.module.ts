import { Module } from '@nestjs/common';
import { Commits } from '@gatehouse/messaging';
import { JiraClientModule } from '@gatehouse/jira-client';
import { GatewayCookies } from './cookies/gateway.cookies.js';
import { SignOutCookies } from './cookies/sign-out.cookies.js';
import { AccountStore } from './entry/account.store.js';
import { AccountWaiter } from './entry/account.waiter.js';
import { Agents } from './entry/agents.reader.js';
import { CallbackController } from './entry/callback.controller.js';
import { CallbackService } from './entry/callback.service.js';
import { FailedAttempts } from './entry/failed-attempts.service.js';
import { LoginRecords } from './entry/login-record.store.js';
import { LoginController } from './entry/login.controller.js';
import { PortalQuestionController } from './entry/portal-question.controller.js';
import { PostedAnswers } from './entry/posted-answers.service.js';
import { CallbackReplays } from './entry/callback-replays.service.js';
import { SignInNotice } from './entry/sign-in-notice.js';
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
import { OpClient } from './provider/op-client.js';
import { OpFront } from './provider/op.front.js';
import { OpKeyRenewal } from './provider/op-key.renewal.js';
import { OpKeyStore } from './provider/op-keys.store.js';
import { OpLogout } from './provider/op-logout.service.js';
import { OpModelStore } from './provider/op-model.store.js';
import { OpenIdProvider } from './provider/openid-provider.js';
import { RefusedSecretNotice } from './provider/refused-secret.notice.js';
import { RoundTripBreaker } from './provider/round-trip.breaker.js';
import { AccountRecords } from './provider-test/account-record.store.js';
import { JiraForesight } from './provider-test/jira-foresight.service.js';
import { ProviderTestController } from './provider-test/provider-test.controller.js';
import { ProviderTests } from './provider-test/provider-test.service.js';
import { ProviderTestStore } from './provider-test/provider-test.store.js';
import { TestExplanation } from './provider-test/test-explanation.service.js';
import { ProviderConnections } from './relying-party/provider-connections.service.js';
import { TransactionStore } from './relying-party/transaction.store.js';
import { BackchannelLogoutController } from './session/backchannel-logout.controller.js';
import { BackchannelLogout } from './session/backchannel-logout.service.js';
import { EndSessionsHandler } from './session/end-sessions.handler.js';
import { FrontchannelLogoutController } from './session/frontchannel-logout.controller.js';
import { FrontchannelLogout } from './session/frontchannel-logout.service.js';
import { JiraSignOut } from './session/jira.sign-out.js';
import { LogoutController } from './session/logout.controller.js';
import { SessionRevocations } from './session/session-revocations.js';
import { SessionStore } from './session/session.store.js';
import { SignOut } from './session/sign-out.service.js';

@Module({
  imports: [JiraClientModule],
  controllers: [
    LoginController,
    PortalQuestionController,
    WaitController,
    CallbackController,
    ProviderTestController,
    LogoutController,
    BackchannelLogoutController,
    FrontchannelLogoutController,
    EndSessionsHandler,
    AssetsController,
    UnknownPageController,
  ],
  providers: [
    AccountRecords,
    AccountStore,
    AccountWaiter,
    Agents,
    Admission,
    BackchannelLogout,
    CallbackService,
    Commits,
    ExpiredRowsSweep,
    FrontchannelLogout,
    GatewayCookies,
    GatewayFront,
    Interactions,
    JiraAddress,
    JiraForesight,
    JiraSignOut,
    LoginRecords,
    OpClient,
    OpFront,
    OpKeyRenewal,
    OpKeyStore,
    OpLogout,
    OpModelStore,
    OpenIdProvider,
    PageSurroundings,
    PostedAnswers,
    ServiceForwarder,
    ProviderConnections,
    ProviderTests,
    ProviderTestStore,
    RefusedSecretNotice,
    RoundTripBreaker,
    SessionRevocations,
    SessionStore,
    CallbackReplays,
    FailedAttempts,
    SignInCompletion,
    SignInErrorFilter,
    SignInNotice,
    SignInStart,
    SignOut,
    SignOutCookies,
    TestExplanation,
    TransactionStore,
  ],
})
export class AuthGatewayModule {}
