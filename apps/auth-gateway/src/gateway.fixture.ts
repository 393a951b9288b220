import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { DataSource } from 'typeorm';
import type { ConfigDocumentInput } from '@gatehouse/contracts';
import { ConfigDocument } from '@gatehouse/contracts';
import { Encryption, Notifications, openDatabase, secretPlace } from '@gatehouse/database';
import { run } from '@gatehouse/runtime';
import type { Running } from '@gatehouse/runtime';
import { createLogger } from '@gatehouse/telemetry';
import { createTestDatabase, freePort, HttpBrowser, plain, waitFor } from '@gatehouse/testing';
import type { Page, TestDatabase } from '@gatehouse/testing';
import { startJiraSide } from './jira-client.fixture.js';
import type { JiraSide } from './jira-client.fixture.js';
import { authGateway } from './service.js';
import { startUpstreamIdp, upstreamClient } from './upstream-idp.fixture.js';
import type { UpstreamIdp } from './upstream-idp.fixture.js';

interface FixtureOptions {
  readonly publicUrl?: (port: number) => string;
  readonly settings?: ConfigDocumentInput['settings'];
  readonly providers?: readonly string[];
  /** Of every provider, beside what it cannot do without. */
  readonly provider?: Partial<ProviderInput>;
  /** Configures something else before the gateway starts. */
  readonly prepare?: (fixture: GatewayFixture) => Promise<void>;
}

type ProviderInput = NonNullable<ConfigDocumentInput['providers']>[string];

/** The gateway as it runs, between a real identity provider and a client that behaves like Jira's SSO app. */
export class GatewayFixture {
  readonly logLines: string[] = [];

  private constructor(
    readonly port: number,
    readonly publicUrl: string,
    readonly database: TestDatabase,
    readonly dataSource: DataSource,
    readonly encryption: Encryption,
    readonly idp: UpstreamIdp,
    readonly jira: JiraSide,
  ) {}

  private masterKey = Buffer.alloc(0);
  private readonly running: Running[] = [];
  private dataDir: string | undefined;

  static async start(options: FixtureOptions = {}): Promise<GatewayFixture> {
    const port = await freePort();
    const publicUrl = options.publicUrl?.(port) ?? `http://localhost:${port}/_sso`;
    const providers = options.providers ?? ['company'];
    const database = await createTestDatabase();
    const masterKey = randomBytes(32);
    const fixture = new GatewayFixture(
      port,
      publicUrl,
      database,
      await openDatabase(database.url, 3),
      new Encryption(masterKey),
      await startUpstreamIdp(providers.map((key) => `${publicUrl}/callback/${key}`)),
      await startJiraSide(),
    );
    for (const name of ['ada', 'bob', 'dave']) fixture.idp.people.set(name, personNamed(name));
    fixture.idp.people.set('dave', { ...personNamed('dave'), email_verified: false });
    await fixture.configure(providers, options);
    await options.prepare?.(fixture);
    fixture.masterKey = masterKey;
    await fixture.run();
    return fixture;
  }

  async stop(): Promise<void> {
    for (const running of this.running) await running.close();
    await this.idp.close();
    await this.jira.close();
    await this.dataSource.destroy();
    await this.database.drop();
    if (this.dataDir) await rm(this.dataDir, { recursive: true, force: true });
  }

  /** What a person does: opens Jira, chooses to log in, and follows wherever it leads. Each time later than a loop would. */
  signIn(browser: HttpBrowser = new HttpBrowser()): Promise<Page> {
    browser.forget(/gatehouse_round_trips$/);
    return browser.get(`${this.jira.origin}/login`);
  }

  /** A person signs in for the first time, with the account made while they wait. */
  async firstSignIn(name: string, browser = new HttpBrowser()): Promise<{ page: Page; accountId: string }> {
    this.idp.person = name;
    const [page, accountId] = await Promise.all([this.signIn(browser), this.provision(name)]);
    return { page, accountId };
  }

  /** Does what claim-mapping and group-sync do, once the gateway has committed who came. */
  async provision(name: string, account: Partial<AccountRow> = {}): Promise<string> {
    const identityId = await this.identityCommitted(name);
    const accountId = await this.link(identityId, name);
    await this.jiraAccount(accountId, { username: name, ...account });
    await this.settle();
    return accountId;
  }

  async refuse(name: string, code: string): Promise<void> {
    const identityId = await this.identityCommitted(name);
    await this.dataSource.query(
      `insert into mapping.account_identity (identity_id, refused_code) values ($1, $2)
       on conflict (identity_id) do update set refused_code = excluded.refused_code, account_id = null`,
      [identityId, code],
    );
    await this.settle();
    await this.notify(identityId);
  }

  async link(identityId: string, name: string): Promise<string> {
    const [row] = await this.dataSource.query<{ id: string }[]>(
      `insert into mapping.account (name_folded) values ($1)
       on conflict (name_folded) do update set name_folded = excluded.name_folded returning id`,
      [name],
    );
    await this.dataSource.query(
      `insert into mapping.account_identity (identity_id, account_id) values ($1, $2)
       on conflict (identity_id) do update set account_id = excluded.account_id, refused_code = null`,
      [identityId, row!.id],
    );
    return row!.id;
  }

  async jiraAccount(accountId: string, change: Partial<AccountRow>): Promise<void> {
    const row: AccountRow = {
      username: null,
      state: 'ready',
      active: true,
      code: null,
      verifiedHoursAgo: 0,
      ...change,
    };
    await this.dataSource.query(
      `insert into sync.jira_account (account_id, jira_key, username, active, state, code, verified_at)
       values ($1, $2, $3, $4, $5, $6, now() - make_interval(hours => $7))
       on conflict (account_id) do update set username = coalesce(excluded.username, jira_account.username),
         active = excluded.active, state = excluded.state, code = excluded.code, verified_at = excluded.verified_at`,
      [accountId, `key-${accountId}`, row.username, row.active, row.state, row.code, row.verifiedHoursAgo],
    );
    await this.notify(accountId);
  }

  async identityOf(subject: string): Promise<string | undefined> {
    const rows = await this.dataSource.query<{ id: string }[]>('select id from gateway.identity where subject = $1', [
      subject,
    ]);
    return rows[0]?.id;
  }

  async identityCommitted(subject: string): Promise<string> {
    const id = await waitFor(() => this.identityOf(subject), { what: `the identity of ${subject}` });
    return id!;
  }

  async settle(outcome: 'applied' | 'parked' = 'applied'): Promise<void> {
    await this.dataSource.query(
      `update messaging.outbox set state = 'settled', outcome = $1, settled_at = now() where state <> 'settled'`,
      [outcome],
    );
  }

  async count(table: string, where = 'true'): Promise<number> {
    const rows = await this.dataSource.query<{ count: number }[]>(
      `select count(*)::int as count from ${table} where ${where}`,
    );
    return rows[0]!.count;
  }

  /** The id of the newest session that is alive. */
  async sessionId(): Promise<string> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      'select id from gateway.session where ended_at is null order by created_at desc limit 1',
    );
    return rows[0]!.id;
  }

  private async notify(id: string): Promise<void> {
    await this.dataSource.query(`select pg_notify('gatehouse_account', $1)`, [id]);
  }

  private async configure(providers: readonly string[], { settings, provider: more }: FixtureOptions): Promise<void> {
    const provider = (key: string) => ({
      name: `Provider ${key}`,
      issuer: this.idp.issuer,
      clientId: upstreamClient.id,
      signOutAtProvider: false, // It asks the person; the tests of signing out turn it on.
      ...more,
    });
    await this.apply(
      { version: 1, providers: Object.fromEntries(providers.map((key) => [key, provider(key)])), settings },
      Object.fromEntries(providers.map((key) => [`providers.${key}.clientSecret`, upstreamClient.secret])),
    );
  }

  /** What the console does with a document, and with secrets by their path. */
  async apply(input: ConfigDocumentInput, secrets: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, secret] of Object.entries(secrets))
      await this.dataSource.query(
        `insert into console.secret (name, sealed, fingerprint) values ($1, $2, '')
         on conflict (name) do update set sealed = excluded.sealed`,
        [name, this.encryption.seal(secret, secretPlace(name))],
      );
    const document = ConfigDocument.parse(input);
    await this.dataSource.query(`insert into console.config_version (document, actor) values ($1, 'test')`, [document]);
    await this.tellOfConfig();
  }

  /** Until whoever listens has heard of it: the next request finds the new document in force. */
  private async tellOfConfig(): Promise<void> {
    const notifications = new Notifications(this.database.url);
    await notifications.start();
    await new Promise<void>((heard, failed) => {
      notifications
        .on('gatehouse_config', () => setTimeout(heard, 20))
        .then(() => this.dataSource.query(`select pg_notify('gatehouse_config', '')`))
        .catch(failed);
    });
    await notifications.close();
  }

  /** Another process on the same database. @returns its public URL, which the first one's cookies fit */
  async replica(): Promise<string> {
    const port = await freePort();
    await this.startProcess({ PORT: String(port) });
    return `http://localhost:${port}${new URL(this.publicUrl).pathname}`;
  }

  private async run(): Promise<void> {
    await this.startProcess({});
    const [key] = await this.dataSource.query<{ sealed: string }[]>(
      `select sealed from gateway.op_key where purpose = 'client-secret'`,
    );
    const secret = this.encryption.open(key!.sealed, 'gateway.op_key/client-secret');
    this.jira.op = { issuer: `http://localhost:${this.port}${new URL(this.publicUrl).pathname}/oidc`, secret };
  }

  private async startProcess(more: Record<string, string>): Promise<void> {
    this.dataDir ??= await mkdtemp(join(tmpdir(), 'gatehouse-gateway-'));
    const sink = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.logLines.push(chunk.toString());
        done();
      },
    });
    const variables = {
      PORT: String(this.port),
      PUBLIC_URL: this.publicUrl,
      SANDBOX: 'off',
      JIRA_URL: this.jira.origin,
      JIRA_PUBLIC_URL: this.jira.origin,
      JIRA_TOKEN: 'jira-token-0123456789',
      DATABASE_URL: this.database.url,
      DATA_DIR: this.dataDir,
      ENCRYPTION_KEY: this.masterKey.toString('base64'),
      ADMIN_TOKEN: randomUUID(),
      ...more,
    };
    this.running.push(await run([authGateway], variables, { logger: createLogger('debug', sink) }));
  }
}

interface AccountRow {
  username: string | null;
  state: 'pending' | 'ready' | 'refused' | 'failed';
  active: boolean;
  code: string | null;
  verifiedHoursAgo: number;
}

function personNamed(name: string) {
  return {
    preferred_username: name,
    email: `${name}@example.com`,
    email_verified: true,
    given_name: name,
    family_name: 'Example',
    groups: ['dev'],
  };
}

/** What Jira read from the ID token, when the sign-in got that far. */
export function claimsOf(page: Page): Record<string, unknown> {
  if (page.status !== 200 || !page.body.startsWith('{')) {
    throw new Error(`${page.status} ${page.url.href}: ${plain(page.body).slice(0, 400)}`);
  }
  return JSON.parse(page.body) as Record<string, unknown>;
}
