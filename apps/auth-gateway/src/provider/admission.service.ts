import { Injectable } from '@nestjs/common';
import type { Account, AuthorizationCode, KoaContextWithOIDC } from 'oidc-provider';
import { DataSource } from 'typeorm';
import { IdentityRow, LiveConfigReader } from '@gatehouse/database';
import { profileOf } from '@gatehouse/mapping';
import { AccountStore } from '../entry/account.store.js';
import type { UsableAccount } from '../entry/account.store.js';
import { SessionStore } from '../session/session.store.js';
import type { LiveSession } from '../session/session.store.js';

interface Admitted {
  readonly session: LiveSession;
  readonly account: UsableAccount;
}

/** Whatever the OP is about to do for somebody, our session and the account are asked first. */
@Injectable()
export class Admission {
  private readonly asked = new WeakMap<object, Promise<Admitted | undefined>>();

  constructor(
    private readonly sessions: SessionStore,
    private readonly accounts: AccountStore,
    private readonly liveConfig: LiveConfigReader,
    private readonly dataSource: DataSource,
  ) {}

  /** At an authorization: the browser's session, if it is alive and its account usable. Asked once per request. */
  ofRequest(ctx: KoaContextWithOIDC): Promise<Admitted | undefined> {
    let admitted = this.asked.get(ctx);
    if (!admitted) {
      admitted = this.sessions.ofBrowser(ctx.req).then((session) => this.withAccount(session));
      this.asked.set(ctx, admitted);
    }
    return admitted;
  }

  /** The OP's session counts for nothing unless ours is alive, of the same account, and that account is usable. */
  async admits(ctx: KoaContextWithOIDC): Promise<boolean> {
    const admitted = await this.ofRequest(ctx);
    return admitted !== undefined && admitted.account.accountId === ctx.oidc.session?.accountId;
  }

  /**
   * The account for which something is to be issued; undefined ends the request.
   * @param token a code or an access token, whose grant is a session of ours; none at an authorization
   */
  async findAccount(
    ctx: KoaContextWithOIDC,
    accountId: string,
    token?: Pick<AuthorizationCode, 'grantId'>,
  ): Promise<Account | undefined> {
    const admitted = token
      ? await this.withAccount(token.grantId === undefined ? undefined : await this.sessions.byId(token.grantId))
      : await this.ofRequest(ctx);
    if (admitted?.account.accountId !== accountId) return undefined;
    return {
      accountId,
      claims: async (_use, scope) => ({
        sub: accountId,
        preferred_username: admitted.account.username,
        ...(/(^| )(profile|email)( |$)/.test(scope) ? await this.profile(admitted.session.identityId) : {}),
      }),
    };
  }

  private async withAccount(session: LiveSession | undefined): Promise<Admitted | undefined> {
    const account = session && (await this.accounts.usable(session.accountId, session.identityId));
    return session && account && { session, account };
  }

  private async profile(identityId: string): Promise<{ name?: string; email?: string }> {
    const identity = await this.dataSource.getRepository(IdentityRow).findOneBy({ id: identityId });
    const { document } = await this.liveConfig.current();
    const mapping = identity && document.mappings[identity.provider];
    if (!mapping) return {};
    const { displayName, email } = profileOf(identity.claims, mapping);
    return { ...(displayName ? { name: displayName } : {}), ...(email ? { email } : {}) };
  }
}
