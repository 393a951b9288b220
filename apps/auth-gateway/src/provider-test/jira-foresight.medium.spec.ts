import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigDocument } from '@gatehouse/contracts';
import type { AskedJira, TestedJira } from '@gatehouse/contracts';
import { openDatabase } from '@gatehouse/database';
import { OutageError, RetryableError } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import { HttpJiraReader, JiraReader } from '@gatehouse/jira-client';
import type { JiraReading, JiraUser } from '@gatehouse/jira-client';
import { foreseeAccount } from '@gatehouse/mapping';
import type { Breakers } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/telemetry';
import { createTestDatabase } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';
import { AccountRecords } from './account-record.store.js';
import type { VerifiedAnswer } from '@gatehouse/relying-party';
import { JiraForesight } from './jira-foresight.service.js';

/** A Jira with the users that are put into it. Groups exist unless they are said to be missing. */
class ReadJira extends JiraReader implements JiraReading {
  users: JiraUser[] = [];
  missing: string[] = [];
  failure: Error | undefined;
  asked: string[] = [];
  parallel = 0;
  parallelMax = 0;

  begin(): JiraReading {
    return this;
  }

  async findUser(by: { key: string } | { username: string }): Promise<JiraUser | undefined> {
    this.note(`user ${JSON.stringify(by)}`);
    return this.users.find((user) => ('key' in by ? user.key === by.key : user.name === by.username));
  }

  async findUsersByEmail(email: string): Promise<readonly JiraUser[]> {
    this.note(`email ${email}`);
    return this.users.filter(({ emailAddress }) => emailAddress.toLowerCase() === email.toLowerCase());
  }

  async hasGroup(name: string): Promise<boolean> {
    this.parallelMax = Math.max(this.parallelMax, ++this.parallel);
    await new Promise(setImmediate);
    this.parallel -= 1;
    this.note(`group ${name}`);
    return !this.missing.includes(name);
  }

  async memberCount(): Promise<undefined> {
    return undefined;
  }

  async hasOtherMember(): Promise<boolean> {
    return true;
  }

  async applications() {
    this.note('applications');
    return [{ key: 'jira-software', name: 'Jira Software', groups: ['jira-users'], remainingSeats: 3 }];
  }

  private note(question: string): void {
    this.asked.push(question);
    if (this.failure) throw this.failure;
  }
}

const config = ConfigDocument.parse({
  version: 1,
  providers: {
    a: { name: 'A', issuer: 'https://a.example', clientId: 'c' },
    b: { name: 'B', issuer: 'https://b.example', clientId: 'c' },
  },
  mappings: Object.fromEntries(
    ['a', 'b'].map((key) => [key, { groups: { claim: 'groups', defaultGroups: ['jira-users'] } }]),
  ),
});
const person = (provider: string, username: string, email = 'ada@example.com') => ({
  provider,
  claims: { preferred_username: username, email, email_verified: true, groups: [] },
});
const user = (name: string, more: Partial<JiraUser> = {}): JiraUser => ({
  ...{ key: `KEY-${name}`, name, emailAddress: 'ada@example.com', displayName: name, active: true, groups: [] },
  ...more,
});

describe('U06 what the gateway foresees in Jira', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let records: AccountRecords;
  let jira: ReadJira;
  let breaker: { holdsOff: boolean; code: ErrorCode | undefined };

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await openDatabase(database.url, 2);
    records = new AccountRecords(dataSource);
  });
  beforeEach(async () => {
    await dataSource.query(
      'truncate gateway.identity, mapping.account, mapping.account_identity, sync.jira_account cascade',
    );
    jira = new ReadJira();
    breaker = { holdsOff: false, code: undefined };
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('a first sign-in: by the name, then the groups, then the seats, and no more', async () => {
    jira.missing = ['jira-users'];
    const foreseen = await askedOf(person('a', 'ada'));
    expect(foreseen).toMatchObject({ account: { action: 'create' }, groups: { add: [{ exists: false }] } });
    expect(jira.asked.toSorted()).toEqual(['applications', 'group jira-users', 'user {"username":"ada"}']);
  });

  it('a linked account by its key, whatever it is called now', async () => {
    await signedIn(person('a', 'ada'), { jiraKey: 'KEY-renamed' });
    jira.users = [user('renamed')];
    expect(await askedOf(person('a', 'ada'))).toMatchObject({ account: { action: 'linked', username: 'renamed' } });
    expect(jira.asked[0]).toBe('user {"key":"KEY-renamed"}');
  });

  it('P22 an account has what a directory says of it too, in the order of linking', async () => {
    const { accountId, identityId } = await signedIn(person('a', 'ada'), {});
    const id = await inDirectory(accountId, 'dev');
    const { identities } = (await records.of('b', { issuer: 'x', subject: 'x' } as VerifiedAnswer, 'ada')).named!;
    expect(identities.map((one) => one.identityId)).toEqual([identityId, id]);
    expect(identities[1]).toMatchObject({ claims: { groups: ['dev'] }, directory: { standing: 'active' } });
  });

  it('a linked user who is gone is asked for twice, because nodes lag, and then missed', async () => {
    await signedIn(person('a', 'ada'), { jiraKey: 'KEY-gone' });
    expect(await askedOf(person('a', 'ada'))).toMatchObject({ account: { code: 'jira.account_missing' } });
    expect(jira.asked).toEqual(['user {"key":"KEY-gone"}', 'user {"key":"KEY-gone"}']);
  });

  it('a user that this account once asked Jira to create is known again', async () => {
    const intent = { username: 'ada', email: 'old@example.com', displayName: 'ada' };
    await signedIn(person('a', 'ada'), { intent });
    jira.users = [user('ada', { emailAddress: 'old@example.com' })];
    expect((await askedOf(person('a', 'ada'))).account).toMatchObject({
      action: 'match',
      because: expect.stringContaining('create exactly this user'),
    });
  });

  describe('S24 matching by e-mail', () => {
    const byEmail = ConfigDocument.parse({ ...config, mappings: { a: { match: 'email' } } });
    const foreseen = async () => (await askedOf(person('a', 'ada'), byEmail)).account;

    it('P05 finds the one user of the address', async () => {
      jira.users = [user('lovelace', { emailAddress: 'ADA@example.com' })];
      expect(await foreseen()).toMatchObject({
        action: 'match',
        username: 'lovelace',
        because: expect.stringContaining('by it (match)'),
      });
      expect(jira.asked).not.toContain('user {"username":"ada"}');
    });

    it('D5 refuses on several', async () => {
      jira.users = [user('lovelace'), user('team', { active: false })];
      expect(await foreseen()).toMatchObject({ action: 'refuse', code: 'match.email_ambiguous', user: null });
    });

    it('creates when there is none, unless the name belongs to somebody else', async () => {
      expect(await foreseen()).toMatchObject({ action: 'create' });
      jira.users = [user('ada', { emailAddress: 'eve@example.com' })];
      expect(await foreseen()).toMatchObject({ action: 'refuse', code: 'match.email_differs' });
    });
  });

  it.each([
    ['joins it, on the same verified address', 'ada@example.com', { action: 'linked', code: null }],
    ['is refused on another', 'eve@example.com', { action: 'refuse', code: 'match.key_taken' }],
  ])("O60 who is led to another account's user %s", async (_, email, expected) => {
    await signedIn(person('a', 'ada'), { jiraKey: 'KEY-lovelace' });
    jira.users = [user('lovelace', { emailAddress: email, groups: ['jira-users'] })];
    expect((await askedOf(person('b', 'lovelace', email))).account).toMatchObject(expected);
  });

  it('F13 F18 nothing is asked while Jira limits or refuses us', async () => {
    breaker = { holdsOff: true, code: 'jira.rate_limited' };
    expect(await of(person('a', 'ada'))).toMatchObject({ state: 'unavailable', code: 'jira.rate_limited' });
    expect(jira.asked).toEqual([]);
  });

  it.each([
    new OutageError('jira.credentials_refused', 'no'),
    new RetryableError('jira.answer_incomplete', 'half of it'),
  ])('a Jira that answers with $code is unavailable', async (failure) => {
    jira.failure = failure;
    const foreseen = await of(person('a', 'ada'));
    expect(foreseen).toMatchObject({ state: 'unavailable', code: failure.code, action: expect.any(String) });
  });

  it('what is no answer of Jira but a mistake of ours is not hidden', async () => {
    jira.failure = new TypeError('a mistake');
    await expect(of(person('a', 'ada'))).rejects.toThrow('a mistake');
  });

  it('many groups are asked for a few at a time, and not all of them', async () => {
    const defaultGroups = Array.from({ length: 60 }, (_, at) => `group-${at}`);
    const many = ConfigDocument.parse({
      ...config,
      mappings: { ...config.mappings, a: { groups: { defaultGroups } } },
    });
    const { groups } = await askedOf(person('a', 'ada'), many);
    expect(groups.add.filter(({ exists }) => exists === true)).toHaveLength(50);
    expect(groups.add.filter(({ exists }) => exists === null)).toHaveLength(10);
    expect(jira.parallelMax).toBe(4);
  });

  it('a Jira that never answers is given up after five seconds', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const url = new URL(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    const logger = createLogger('info', new Writable({ write: (_chunk, _encoding, done) => done() }));
    const startedMs = performance.now();
    const foreseen = await of(person('a', 'ada'), config, new HttpJiraReader({ url, token: 'token', logger }));
    expect(foreseen).toMatchObject({ state: 'unavailable', code: 'jira.unreachable' });
    expect(performance.now() - startedMs).toBeLessThan(8_000);
    silent.closeAllConnections();
    silent.close();
  });

  async function of(
    candidate: ReturnType<typeof person>,
    document = config,
    reader: JiraReader = jira,
  ): Promise<TestedJira> {
    const breakers = { of: () => breaker } as unknown as Breakers; // Only what is asked of it here.
    const foresight = new JiraForesight(reader, breakers, records);
    const answer = {
      ...{ issuer: `https://${candidate.provider}.example`, subject: candidate.provider, idToken: {} },
      ...{ userinfo: { kind: 'none' as const }, seeAccessToken: () => ({ kind: 'opaque' as const }) },
    };
    const record = await records.of(candidate.provider, answer, candidate.claims.preferred_username);
    const foreseen = foreseeAccount(candidate, record, document);
    if (foreseen.kind === 'refuse') throw new Error(`refused before Jira: ${foreseen.code}`);
    return foresight.of({ candidate, identityId: record.identityId, foreseen, config: document });
  }

  async function askedOf(...given: Parameters<typeof of>): Promise<AskedJira> {
    const foreseen = await of(...given);
    if (foreseen.state !== 'asked') throw new Error(JSON.stringify(foreseen));
    return foreseen;
  }

  /** As the gateway, claim-mapping and group-sync leave it behind. */
  async function signedIn(
    { provider, claims }: ReturnType<typeof person>,
    { jiraKey = null, intent = null }: { jiraKey?: string | null; intent?: object | null },
  ): Promise<{ accountId: string; identityId: string }> {
    const [identityId, accountId] = [randomUUID(), randomUUID()];
    await dataSource.query(
      'insert into gateway.identity (id, provider, issuer, subject, claims) values ($1, $2, $3, $2, $4)',
      [identityId, provider, `https://${provider}.example`, JSON.stringify(claims)],
    );
    await dataSource.query('insert into mapping.account (id, name_folded) values ($1, $2)', [
      accountId,
      claims.preferred_username,
    ]);
    await dataSource.query('insert into mapping.account_identity (identity_id, account_id) values ($1, $2)', [
      identityId,
      accountId,
    ]);
    await dataSource.query(
      `insert into sync.jira_account (account_id, jira_key, create_intent, state) values ($1, $2, $3, 'pending')`,
      [accountId, jiraKey, intent && JSON.stringify(intent)],
    );
    return { accountId, identityId };
  }

  /** Somebody of the directory of `a`, in one group. */
  async function inDirectory(accountId: string, group: string): Promise<string> {
    const [id, groupId] = [randomUUID(), randomUUID()];
    await dataSource.query(
      `insert into directory.directory_user (id, provider, user_name, user_name_folded) values ($1, 'a', 'ada', 'ada')`,
      [id],
    );
    await dataSource.query(
      `insert into directory.directory_group (id, provider, display_name, display_name_folded) values ($1, 'a', $2, $2)`,
      [groupId, group],
    );
    await dataSource.query(
      `insert into directory.directory_member (group_id, member_id, member_kind) values ($1, $2, 'user')`,
      [groupId, id],
    );
    await dataSource.query(
      'insert into mapping.account_directory_user (directory_user_id, account_id) values ($1, $2)',
      [id, accountId],
    );
    return id;
  }
});
