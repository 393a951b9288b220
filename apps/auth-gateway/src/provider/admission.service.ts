import { Injectable } from '@nestjs/common';
import type { Account, AuthorizationCode, KoaContextWithOIDC } from 'oidc-provider';
import { DataSource } from 'typeorm';
import { IdentityRow, LiveConfigReader, statement, Statements } from '@gatehouse/database';
import type { Statement } from '@gatehouse/database';
import { profileOf } from '@gatehouse/mapping';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import { AccountStore, joinUsableAccount } from '../entry/account.store.js';
import type { UsableAccount } from '../entry/account.store.js';
import { SessionStore } from '../session/session.store.js';
import { alive } from '../session/session-sql.js';
import { hashSecret } from '../relying-party/login-secret.js';

interface Admitted {
  readonly sessionId: string;
  readonly identityId: string;
  readonly account: UsableAccount;
  /** The OP has the grant that goes by this session's id. */
  readonly isGranted: boolean;
}

interface Row {
  id: string;
  identity_id: string;
  account_id: string;
  unseen_seconds: number;
  username: string;
  granted: boolean;
}

/** Whatever the OP is about to do for somebody, our session and the account are asked first. */
@Injectable()
export class Admission {
  private readonly statements: Statements;
  private readonly asked = new WeakMap<object, Promise<Admitted | undefined>>();

  constructor(
    private readonly sessions: SessionStore,
    private readonly accounts: AccountStore,
    private readonly liveConfig: LiveConfigReader,
    private readonly cookies: GatewayCookies,
    private readonly dataSource: DataSource,
  ) {
    this.statements = new Statements(dataSource);
  }

  /** At an authorization: the browser's session, if it is alive and its account usable. Asked once per request. */
  ofRequest(ctx: KoaContextWithOIDC): Promise<Admitted | undefined> {
    let admitted = this.asked.get(ctx);
    if (!admitted) {
      const token = this.cookies.session(ctx.req);
      admitted = token === undefined ? Promise.resolve(undefined) : this.admit(ofToken, hashSecret(token));
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
      ? token.grantId === undefined
        ? undefined
        : await this.admit(ofId, token.grantId)
      : await this.ofRequest(ctx);
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

  /** Past the cache of sessions, and session and account in one look: this is the last question before something is issued. */
  private async admit(question: Statement<Row>, key: string): Promise<Admitted | undefined> {
    const [idleMinutes, hours] = [await this.sessions.idleMinutes(), await this.accounts.verifiedHours()];
    const row = await this.statements.first(question, [key, idleMinutes, hours]);
    if (!row) return undefined;
    await this.sessions.seen(row.id, row.unseen_seconds);
    return {
      sessionId: row.id,
      identityId: row.identity_id,
      account: { accountId: row.account_id, username: row.username },
      isGranted: row.granted,
    };
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

const admitted = (condition: string) =>
  statement<Row>(`
select session.id, session.identity_id, session.account_id,
       extract(epoch from now() - session.last_seen_at)::float8 as unseen_seconds,
       ja.username,
       exists (select from gateway.op_model granted
               where granted.model = 'Grant' and granted.id = session.id::text and granted.expires_at > now()
                 and granted.payload ->> 'accountId' = session.account_id::text) as granted
from gateway.session session
${joinUsableAccount('session.identity_id', 'session.account_id', '$3::integer')}
where ${condition} and ${alive('session', '$2::integer')}`);

const ofToken = admitted('session.token_hash = $1');
const ofId = admitted('session.id = $1::uuid');
