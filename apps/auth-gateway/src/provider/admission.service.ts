import { Injectable } from '@nestjs/common';
import type { Account, AuthorizationCode, KoaContextWithOIDC } from 'oidc-provider';
import { DataSource } from 'typeorm';
import { ownMember } from '@gatehouse/contracts';
import { IdentityRow, LiveConfigReader, Statements } from '@gatehouse/database';
import type { Statement } from '@gatehouse/database';
import { profileOf } from '@gatehouse/mapping';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import { AccountStore } from '../entry/account.store.js';
import type { UsableAccount } from '../entry/account.store.js';
import { SessionStore } from '../session/session.store.js';
import { hashSecret } from '@gatehouse/relying-party';
import { along, ofId, ofToken } from './admission-sql.js';
import type { AdmittedRow, Nobody } from './admission-sql.js';
import type { KeptRow } from './op-model.store.js';

export interface Admitted {
  readonly sessionId: string;
  readonly identityId: string;
  readonly account: UsableAccount;
  /** The OP has the grant that goes by this session's id. */
  readonly isGranted: boolean;
}

/** What one request to the OP has been told. */
interface Asked {
  browser?: Promise<Admitted | undefined>;
  readonly grants: Map<string, Admitted | undefined>;
}

/** Whatever the OP is about to do for somebody, our session and the account are asked first. */
@Injectable()
export class Admission {
  private readonly statements: Statements;
  private readonly asked = new WeakMap<object, Asked>();

  constructor(
    private readonly sessions: SessionStore,
    private readonly accounts: AccountStore,
    private readonly liveConfig: LiveConfigReader,
    private readonly cookies: GatewayCookies,
    private readonly dataSource: DataSource,
  ) {
    this.statements = new Statements(dataSource);
  }

  /**
   * Reads what the OP keeps and, in the same look, who is admitted: after an interaction and after a code that is
   * always the next question. Undefined for anything else.
   */
  async readAlong(
    ctx: Pick<KoaContextWithOIDC, 'req'>,
    model: string,
    key: string,
  ): Promise<KeptRow | undefined | 'not-mine'> {
    const question = along[model];
    if (!question) return 'not-mine';
    const token = this.cookies.session(ctx.req);
    const values = [model, key, token === undefined ? null : hashSecret(token)];
    const row = await this.statements.first(question, [...(await this.limits()), ...values]);
    const admitted = row && (await this.admitted(row));
    if (model === 'Interaction') this.of(ctx).browser = Promise.resolve(admitted);
    else if (row?.grant_id) this.of(ctx).grants.set(row.grant_id, admitted);
    return row?.payload ? { ...row, payload: row.payload } : undefined;
  }

  /** For a request that has just been told in another way. */
  tell(ctx: object, admitted: Admitted): void {
    this.of(ctx).browser = Promise.resolve(admitted);
  }

  /** At an authorization: the browser's session, if it is alive and its account usable. Asked once per request. */
  ofRequest(ctx: KoaContextWithOIDC): Promise<Admitted | undefined> {
    const asked = this.of(ctx);
    const token = this.cookies.session(ctx.req);
    asked.browser ??= token === undefined ? Promise.resolve(undefined) : this.admit(ofToken, hashSecret(token));
    return asked.browser;
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
    const admitted = token ? await this.ofGrant(ctx, token.grantId) : await this.ofRequest(ctx);
    if (admitted?.account.accountId !== accountId) return undefined;
    return {
      accountId,
      claims: async (_use, scope) => ({
        sub: accountId,
        preferred_username: admitted.account.username,
        ...(/(^| )(profile|email)( |$)/.test(scope) ? await this.profile(admitted.identityId) : {}),
      }),
    };
  }

  private async ofGrant(ctx: KoaContextWithOIDC, grantId: string | undefined): Promise<Admitted | undefined> {
    if (grantId === undefined) return undefined;
    const { grants } = this.of(ctx);
    return grants.has(grantId) ? grants.get(grantId) : this.admit(ofId, grantId);
  }

  /** Past the cache of sessions, and session and account in one look: this is the last question before something is issued. */
  private async admit(question: Statement<AdmittedRow>, key: string): Promise<Admitted | undefined> {
    const row = await this.statements.first(question, [...(await this.limits()), key]);
    return row && this.admitted(row);
  }

  private async admitted(row: AdmittedRow | Nobody): Promise<Admitted | undefined> {
    if (row.id === null) return undefined;
    await this.sessions.seen(row.id, row.unseen_seconds);
    return {
      sessionId: row.id,
      identityId: row.identity_id,
      account: { accountId: row.account_id, username: row.username },
      isGranted: row.granted,
    };
  }

  private async limits(): Promise<readonly unknown[]> {
    const { unheeded, overruling } = await this.accounts.directoryPolicy();
    return [await this.sessions.idleMinutes(), await this.accounts.verifiedHours(), unheeded, overruling];
  }

  private of(ctx: object): Asked {
    let asked = this.asked.get(ctx);
    if (!asked) this.asked.set(ctx, (asked = { grants: new Map() }));
    return asked;
  }

  private async profile(identityId: string): Promise<{ name?: string; email?: string }> {
    const identity = await this.dataSource.getRepository(IdentityRow).findOneBy({ id: identityId });
    const { document } = await this.liveConfig.current();
    const mapping = identity && ownMember(document.mappings, identity.provider);
    if (!mapping) return {};
    const { displayName, email } = profileOf(identity.claims, mapping);
    return { ...(displayName ? { name: displayName } : {}), ...(email ? { email } : {}) };
  }
}
