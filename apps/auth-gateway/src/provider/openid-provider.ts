import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import Provider from 'oidc-provider';
import type { Grant, KoaContextWithOIDC } from 'oidc-provider';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import type { ErrorCode } from '@gatehouse/errors';
import { currentTraceId, LOGGER, newTraceId } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import type { CookieSink } from '../cookies/own-cookies.js';
import { SignInStart } from '../entry/sign-in.start.js';
import { classifyFailure, loggableError } from '../pages/classify-failure.js';
import type { Page } from '../pages/layout.js';
import { problemPage } from '../pages/problem-page.js';
import { pageHeaders, securityHeaders } from '../pages/security-headers.js';
import { SignInError } from '../pages/sign-in-error.js';
import { PageSurroundings } from '../pages/surroundings.service.js';
import { Admission } from './admission.service.js';
import { JiraAddress } from './jira.address.js';
import { grantedScope, jiraClientId, opConfiguration } from './op-configuration.js';
import { OpClient } from './op-client.js';
import { OpKeyStore } from './op-keys.store.js';
import type { OpKeys } from './op-keys.store.js';
import { OpLogout } from './op-logout.service.js';
import { asKept, keyOf, OpModelStore } from './op-model.store.js';
import { pendingLogin } from './pending-login.js';
import { RefusedSecretNotice } from './refused-secret.notice.js';
import type { Resumption } from './resumption.js';
import { RoundTripBreaker } from './round-trip.breaker.js';

interface Expected extends Resumption {
  /** Of ours: they stand whether the OP succeeds or not. */
  readonly cookies: readonly string[];
}

type Context = Parameters<Parameters<Provider['use']>[0]>[0];

/** The OpenID Provider that Jira's bundled SSO app talks to. */
@Injectable()
export class OpenIdProvider implements OnModuleInit {
  private made: Provider | undefined;
  private handler: ReturnType<Provider['callback']> | undefined;
  private readonly base: string;
  private readonly expected = new WeakMap<IncomingMessage, Expected>();

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
    private readonly logout: OpLogout,
    private readonly breaker: RoundTripBreaker,
    private readonly client: OpClient,
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

  /** The request that `answer` is given next goes on with an interaction that it has just finished itself. */
  expect(request: IncomingMessage, expected: Expected): void {
    this.expected.set(request, expected);
  }

  async onModuleInit(): Promise<void> {
    this.use(await this.keys.load());
    this.keys.onChange((keys) => {
      this.use(keys);
    });
  }

  /** The library keeps its keys for good, so that other keys are another instance; what it stores belongs to both. */
  private use(keys: OpKeys): void {
    const { clientSecret } = keys;
    const provider = new Provider(
      `${this.base}/oidc`,
      opConfiguration({
        adapter: (model) => (model === 'Client' ? this.client.adapter(clientSecret) : this.models.adapterOf(model)),
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
      const expected = this.expected.get(ctx.req);
      try {
        if (expected) this.resume(ctx, expected);
        if (this.breaker.isCircle(ctx)) this.stopCircle(ctx);
        else if (this.logout.takes(ctx)) await this.signOut(ctx, provider);
        else await this.committed(ctx, next);
        this.breaker.notice(ctx);
        if (ctx.status === 404 && ctx.body === undefined) this.renderError(ctx, new SignInError('api.not_found'));
      } catch (error) {
        // Nothing of what the answer would have carried was committed, so nothing of it leaves.
        this.failed(error);
        ctx.remove('location');
        ctx.remove('set-cookie');
        if (expected) ctx.set('set-cookie', [...expected.cookies]);
        this.renderError(ctx, error instanceof Error ? error : new Error('unknown'));
      }
    });
    this.report(provider);
    this.made = provider;
    this.handler = undefined;
  }

  /**
   * The OP's cookie for an interaction lives below an address where this request is not. It has proved by its
   * transaction that it is the browser of this interaction (O36): that cookie is set by the answer that sets the OP's,
   * or after a look at the OP's.
   */
  private resume(ctx: Context, { uid, admitted, cookies }: Expected): void {
    ctx.set({ ...securityHeaders });
    ctx.set('set-cookie', [...cookies]);
    this.admission.tell(ctx, admitted);
    const read = ctx.cookies.get.bind(ctx.cookies);
    ctx.cookies.get = (name, options) => (name === this.cookies.opNames.resume ? uid : read(name, options));
  }

  private failed(error: unknown): void {
    if (error instanceof SignInError) this.logger.warn({ error: error.code }, 'the OP stopped a browser');
    else this.logger.error({ err: loggableError(error) }, 'the OP failed');
  }

  private async committed(ctx: Context, next: () => Promise<void>): Promise<void> {
    const expected = this.expected.get(ctx.req);
    const readAlong = (model: string, key: string) =>
      expected && model === 'Interaction' && key === keyOf(model, expected.uid)
        ? Promise.resolve(asKept(expected.interaction))
        : this.admission.readAlong(ctx, model, key);
    let provider: string | undefined;
    await this.models.committing(ctx, readAlong, async () => {
      await next();
      provider = await this.goOnToProvider(ctx as KoaContextWithOIDC);
    });
    if (provider !== undefined) this.signIn.started(provider);
  }

  private async signOut(ctx: Context, provider: Provider): Promise<void> {
    const answer = await this.logout.answer(ctx.req, sinkOf(ctx), provider);
    if (typeof answer !== 'string') {
      sendHere(ctx, answer);
      return;
    }
    ctx.set({ ...securityHeaders });
    ctx.redirect(answer);
    ctx.status = 303;
  }

  /** Saves a browser that would only be sent on from our sign-in page the way there. @returns the provider */
  private async goOnToProvider(ctx: KoaContextWithOIDC): Promise<string | undefined> {
    const interaction = (ctx as Partial<KoaContextWithOIDC>).oidc?.entities.Interaction;
    if (!interaction || ctx.method !== 'GET') return undefined;
    if (ctx.response.get('location') !== this.signInPage(interaction.uid)) return undefined;
    const begun = await this.signIn.atOnce(pendingLogin(interaction.uid, interaction), ctx.req, sinkOf(ctx));
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

  private stopCircle(
    ctx: Parameters<RoundTripBreaker['forget']>[0] & Parameters<OpenIdProvider['renderError']>[0],
  ): void {
    this.breaker.forget(ctx); // Whoever tries again on purpose may.
    this.renderError(ctx, new SignInError('login.going_in_circles'), { isSignedIn: true });
  }

  private renderError(
    ctx: Pick<KoaContextWithOIDC, 'set' | 'type' | 'status' | 'body'>,
    error: Error,
    more: { isSignedIn?: boolean } = {},
  ): void {
    const code = this.codeOf(error);
    const reference = currentTraceId() ?? newTraceId();
    sendHere(ctx, problemPage({ code, reference, ...more }, this.surroundings.current()));
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

function sinkOf(ctx: Pick<Context, 'append'>): CookieSink {
  return { header: (name, value) => ctx.append(name, value) };
}

function sendHere(ctx: Pick<Context, 'set' | 'type' | 'status' | 'body'>, page: Page): void {
  ctx.set({ ...pageHeaders(page) });
  ctx.type = 'html';
  ctx.status = page.status;
  ctx.body = page.body;
}
