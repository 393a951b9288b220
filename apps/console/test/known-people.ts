import { randomUUID } from 'node:crypto';
import { ConfigDocument } from '@gatehouse/contracts';
import type { ConfigDocumentInput } from '@gatehouse/contracts';
import { desiredAccess, foldName } from '@gatehouse/mapping';
import { emptyTables } from '@gatehouse/testing';
import type { Surroundings } from './running-console.js';

type GroupsInput = NonNullable<NonNullable<NonNullable<ConfigDocumentInput['mappings']>[string]>['groups']>;

export const providers = { company: { name: 'Company', issuer: 'https://idp.example', clientId: 'jira' } };

/** People as the gateway, claim-mapping and group-sync leave them behind. */
export class KnownPeople {
  constructor(private readonly surroundings: Surroundings) {}

  query(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    return this.surroundings.dataSource.query<Record<string, unknown>[]>(text, values);
  }

  async forget(): Promise<void> {
    const { dataSource } = this.surroundings;
    await emptyTables(
      dataSource,
      ...['gateway.identity', 'gateway.login', 'gateway.session'],
      ...['mapping.account', 'mapping.account_identity', 'mapping.account_directory_user', 'mapping.desired_access'],
      ...['sync.jira_account', 'sync.reconcile_run', 'sync.granted_membership', 'sync.held_removal'],
      ...['messaging.outbox', 'messaging.lane_state', 'messaging.parked_job', 'messaging.breaker'],
      ...['directory.directory_user', 'directory.directory_group', 'directory.directory_member'],
      'console.config_version',
    );
  }

  /** One provider, `company`, and what it makes of groups. */
  async configure(groups: GroupsInput): Promise<ConfigDocument> {
    const document = ConfigDocument.parse({ version: 1, providers, mappings: { company: { groups } } });
    await this.query(`insert into console.config_version (document, actor) values ($1, 'test')`, [
      JSON.stringify(document),
    ]);
    return document;
  }

  /** Signed in and mapped by this configuration; what Jira made of it is not known yet. */
  async signedIn(
    username: string,
    groups: unknown,
    config: ConfigDocument,
  ): Promise<{ identityId: string; accountId: string }> {
    const [identityId, accountId] = [randomUUID(), randomUUID()];
    const email = `${username}@example.com`;
    const claims = {
      preferred_username: username,
      email,
      email_verified: true,
      ...(groups === undefined ? {} : { groups }),
    };
    await this.query(
      `insert into gateway.identity (id, provider, issuer, subject, claims) values ($1, 'company', 'https://idp.example', $2, $3)`,
      [identityId, `subject-of-${username}`, JSON.stringify(claims)],
    );
    await this.query(
      `insert into gateway.login (id, provider, identity_id, outcome, trace_id, duration_ms)
       values ($1, 'company', $2, 'accepted', 'trace', 5)`,
      [randomUUID(), identityId],
    );
    const nameFolded = foldName(username);
    await this.query('insert into mapping.account (id, name_folded) values ($1, $2)', [accountId, nameFolded]);
    await this.query('insert into mapping.account_identity (identity_id, account_id) values ($1, $2)', [
      identityId,
      accountId,
    ]);
    const desired = desiredAccess({ identities: [{ provider: 'company', claims }], nameFolded, config });
    await this.query(
      'insert into mapping.desired_access (account_id, version, content, config_version) values ($1, 1, $2, 1)',
      [accountId, JSON.stringify(desired)],
    );
    return { identityId, accountId };
  }

  /** In the directory of `company`, in one group around another. @param accountId undefined: refused for that code */
  async inDirectory(
    { userName, active = true }: { userName: string; active?: boolean },
    { accountId, refused }: { accountId?: string; refused?: string },
  ): Promise<string> {
    const [id, inner, outer] = [randomUUID(), randomUUID(), randomUUID()];
    await this.query(
      `insert into directory.directory_user (id, provider, user_name, user_name_folded, active, resource)
       values ($1, 'company', $2, $3, $4, $5)`,
      [id, userName, foldName(userName), active, JSON.stringify({ emails: [{ value: `${userName}@example.com` }] })],
    );
    await this.query(
      `insert into directory.directory_group (id, provider, display_name, display_name_folded)
       values ($1, 'company', 'team', 'team'), ($2, 'company', 'dev', 'dev')`,
      [inner, outer],
    );
    await this.query(
      `insert into directory.directory_member (group_id, member_id, member_kind) values ($1, $2, 'user'), ($3, $1, 'group')`,
      [inner, id, outer],
    );
    await this.query(
      'insert into mapping.account_directory_user (directory_user_id, account_id, refused_code) values ($1, $2, $3)',
      [id, accountId ?? null, refused ?? null],
    );
    return id;
  }

  async ran(
    accountId: string,
    { state = 'ready', ...run }: { outcome: string; code?: string; plan?: object; state?: string },
  ): Promise<void> {
    await this.query(
      `insert into sync.jira_account (account_id, state, code) values ($1, $2, $3)
       on conflict (account_id) do update set state = excluded.state, code = excluded.code`,
      [accountId, state, run.code ?? null],
    );
    await this.query(
      `insert into sync.reconcile_run
         (account_id, version, trace_id, outcome, code, plan, attempt, lane, started_at, finished_at)
       values ($1, 1, 'trace', $2, $3, $4, 1, 'interactive', now(), now())`,
      [accountId, run.outcome, run.code ?? null, JSON.stringify(run.plan ?? {})],
    );
  }
}
