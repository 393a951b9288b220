import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import Provider from 'oidc-provider';
import type { Adapter, AdapterPayload, Grant, KoaContextWithOIDC } from 'oidc-provider';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import type { ErrorCode } from '@gatehouse/errors';
import { currentTraceId, LOGGER, newTraceId } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import { SignInStart } from '../entry/sign-in.start.js';
import { classifyFailure, loggableError } from '../pages/classify-failure.js';
import { problemPage } from '../pages/problem-page.js';
import { securityHeaders } from '../pages/security-headers.js';
import { SignInError } from '../pages/sign-in-error.js';
import { PageSurroundings } from '../pages/surroundings.service.js';
import { Admission } from './admission.service.js';
import { JiraAddress } from './jira.address.js';
import { grantedScope, jiraClientId, opConfiguration } from './op-configuration.js';
import { OpKeyStore } from './op-keys.store.js';
import { OpModelStore } from './op-model.store.js';
import { pendingLogin } from './pending-login.js';
import { RefusedSecretNotice } from './refused-secret.notice.js';

/** The OpenID Provider that Jira's bundled SSO app talks to. */
@Injectable()
export class OpenIdProvider implements OnModuleInit {
  private made: Provider | undefined;
  private handler: ReturnType<Provider['callback']> | undefined;
  private clientSecret = '';
  private readonly base: string;

  constructor(
    @Inject(CONFIG) config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly keys: OpKeyStore,
    private readonly models: OpModelStore,
    private readonly admission: Admission,
    private readonly jira: JiraAddress,
    private readonly cookies: GatewayCookies,
    private readonly surroundings: PageSurroundings,
    private readonly signIn: SignInStart,
    private readonly refusedSecret: RefusedSecretNotice,
  ) {
    this.base = config.publicUrl.href.replace(/\/$/, '');
  }

  get library(): Provider {
    if (!this.made) throw new Error('the OpenID Provider is not ready yet');
    return this.made;
  }

  /** @throws Error before it is ready */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.handler ??= this.library.callback();
    return this.handler(request, response);
  }

  async onModuleInit(): Promise<void> {
    const keys = await this.keys.load();
    this.clientSecret = keys.clientSecret;
    const provider = new Provider(
      `${this.base}/oidc`,
      opConfiguration({
        adapter: (model) => (model === 'Client' ? this.clientAdapter() : this.models.adapterOf(model)),
        signingKeys: keys.signing,
        cookieKeys: keys.cookies,
        cookieNames: this.cookies.opNames,
        cookiePath: this.cookies.opPath,
        interactionUrl: (uid) => this.signInPage(uid),
        admits: (ctx) => this.admission.admits(ctx),
        findAccount: (ctx, sub, token) => this.admission.findAccount(ctx, sub, token),
        loadExistingGrant: (ctx) => this.grantOf(ctx),
        renderError: (ctx, _out, error) => this.renderError(ctx, error),
      }),
    );
    // It reads the scheme from X-Forwarded-Proto, which the front sets from PUBLIC_URL after removing what came in.
    provider.proxy = true;
    provider.silent = true; // Koa would write to standard error; what reaches it is logged here.
    provider.use(async (ctx, next) => {
      try {
        const readAlong = (model: string, key: string) => this.admission.readAlong(ctx, model, key);
        let provider: string | undefined;
        await this.models.committing(ctx, readAlong, async () => {
          await next();
          provider = await this.goOnToProvider(ctx as KoaContextWithOIDC);
        });
        if (provider !== undefined) this.signIn.started(provider);
        if (ctx.status === 404 && ctx.body === undefined) this.renderError(ctx, new SignInError('api.not_found'));
      } catch (error) {
        // Nothing of what the answer would have carried was committed, so nothing of it leaves.
        this.logger.error({ err: loggableError(error) }, 'the OP failed');
        ctx.remove('location');
        ctx.remove('set-cookie');
        this.renderError(ctx, error instanceof Error ? error : new Error('unknown'));
      }
    });
    this.report(provider);
    this.made = provider;
  }

  /** Saves a browser that would only be sent on from our sign-in page the way there. @returns the provider */
  private async goOnToProvider(ctx: KoaContextWithOIDC): Promise<string | undefined> {
    const interaction = (ctx as Partial<KoaContextWithOIDC>).oidc?.entities.Interaction;
    if (!interaction || ctx.method !== 'GET') return undefined;
    if (ctx.response.get('location') !== this.signInPage(interaction.uid)) return undefined;
    const cookies = { header: (name: string, value: string) => ctx.append(name, value) };
    const begun = await this.signIn.atOnce(pendingLogin(interaction.uid, interaction), ctx.req, cookies);
    if (!begun) return undefined;
    this.models.begin(ctx, begun.transaction.values);
    ctx.redirect(begun.url.href);
    return begun.provider;
  }

  private signInPage(interaction: string): string {
    return `${this.base}/login/${interaction}`;
  }

  /** The grant of our session, under its id: ending the session deletes it with everything issued under it. */
  private async grantOf(ctx: KoaContextWithOIDC): Promise<Grant | undefined> {
    const admitted = await this.admission.ofRequest(ctx);
    const { account } = ctx.oidc;
    if (!admitted || admitted.account.accountId !== account?.accountId) return undefined;
    const grant = new this.library.Grant({ accountId: admitted.account.accountId, clientId: jiraClientId });
    grant.jti = admitted.sessionId;
    grant.addOIDCScope(grantedScope);
    // Made with the session; gone only when it was revoked, because a code was used twice.
    if (admitted.isGranted) return grant;
    await grant.save();
    return grant;
  }

  /** The one client. Its address comes from Jira, so it appears as soon as Jira has answered once. */
  private clientAdapter(): Adapter {
    const nothing = () => Promise.resolve(undefined);
    return {
      find: (id) => (id === jiraClientId ? this.jiraMetadata() : nothing()),
      upsert: nothing,
      findByUid: nothing,
      findByUserCode: nothing,
      consume: nothing,
      destroy: nothing,
      revokeByGrantId: nothing,
    };
  }

  private async jiraMetadata(): Promise<AdapterPayload | undefined> {
    const jiraUrl = await this.jira.find();
    if (jiraUrl === undefined) return undefined;
    return {
      client_id: jiraClientId,
      client_secret: this.clientSecret,
      client_name: 'Jira',
      redirect_uris: [`${jiraUrl}/plugins/servlet/oidc/callback`],
      token_endpoint_auth_method: 'client_secret_basic', // The library accepts the secret in the body as well.
      id_token_signed_response_alg: 'RS256',
    };
  }

  private renderError(ctx: Pick<KoaContextWithOIDC, 'set' | 'type' | 'status' | 'body'>, error: Error): void {
    const code = this.codeOf(error);
    const reference = currentTraceId() ?? newTraceId();
    const page = problemPage({ code, reference }, this.surroundings.current());
    ctx.set({ ...securityHeaders });
    ctx.type = 'html';
    ctx.status = page.status;
    ctx.body = page.body;
  }

  private codeOf(error: Error): ErrorCode {
    if (error.name === 'SessionNotFound') return 'login.interaction_expired';
    if (error.name === 'InvalidClient' && this.jira.known === undefined) return 'jira.unreachable';
    return 'expose' in error && error.expose === true ? 'login.request_refused' : classifyFailure(error).code;
  }

  private report(provider: Provider): void {
    const refused = (step: string) => (_ctx: unknown, error: Error) =>
      this.logger.warn({ step, reason: error.name, detail: detailOf(error) }, 'the OP refused a request');
    provider.on('authorization.error', refused('authorization'));
    provider.on('grant.error', (ctx: unknown, error: Error) => {
      refused('token')(ctx, error);
      if (error.name === 'InvalidClientAuth') this.refusedSecret.give();
    });
    provider.on('userinfo.error', refused('userinfo'));
    provider.on('server_error', (_ctx: unknown, error: Error) =>
      this.logger.error({ err: loggableError(error) }, 'the OP failed'),
    );
    provider.on('grant.success', () => this.logger.info({ step: 'token' }, 'tokens were issued to Jira'));
  }
}

/** The library's own words, which quote no value of the request. */
function detailOf(error: Error & { error_detail?: unknown }): string | undefined {
  return typeof error.error_detail === 'string' ? error.error_detail.slice(0, 200) : undefined;
}
