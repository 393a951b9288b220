import { createHash } from 'node:crypto';
import { Encryption, secretPlace } from '@gatehouse/database';
import { run } from '@gatehouse/runtime';
import type { Running } from '@gatehouse/runtime';
import { createLogger } from '@gatehouse/telemetry';
import { createTestDatabase, freePort } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import pg from 'pg';
import { scimIngest } from '../src/service.js';

export interface Referred {
  readonly value: string;
  readonly type?: string;
  readonly display?: string;
}

interface BulkResult {
  readonly method: string;
  readonly bulkId: string;
  readonly status: string;
  readonly location: string;
  readonly version: string;
  readonly response?: unknown;
}

/** Of another party: each test looks at what it expects, and finds out by that whether it is there. */
export interface ScimBody {
  readonly [name: string]: unknown;
  readonly id: string;
  readonly schemas: readonly string[];
  readonly status: string;
  readonly scimType: string;
  readonly userName: string;
  readonly displayName: string;
  readonly active: boolean;
  readonly emails: readonly Referred[];
  readonly phoneNumbers: readonly Referred[];
  readonly roles: readonly Referred[];
  readonly members: readonly Referred[];
  readonly groups: readonly Referred[];
  readonly meta: Readonly<Record<'resourceType' | 'created' | 'lastModified' | 'location' | 'version', string>>;
  readonly totalResults: number;
  readonly itemsPerPage: number;
  /** Left out on the last page. */
  readonly nextCursor?: string;
  readonly Resources: readonly ScimBody[];
  readonly Operations: readonly BulkResult[];
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** An empty object without a body. */
  readonly body: ScimBody;
}

export const tokens = { cognito: 'scim-test-token-of-cognito', partner: 'scim-test-token-of-partner' } as const;

type Options = {
  readonly token?: string | null;
  readonly headers?: Record<string, string>;
  readonly raw?: string | Uint8Array;
};

/** scim-ingest as a process of its own runs it, on a database of its own, and a client that sends what it is told. */
export class RunningScim {
  private constructor(
    readonly base: string,
    readonly client: pg.Client,
    readonly databaseUrl: string,
    private readonly database: TestDatabase,
    private readonly running: Running,
  ) {}

  /** @param configured another document, and its secrets by name */
  static async start(
    configured: { document?: object; secrets?: Readonly<Record<string, string>> } = {},
  ): Promise<RunningScim> {
    const database = await createTestDatabase();
    const port = await freePort();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('insert into console.config_version (document, actor) values ($1, $2)', [
      configured.document ?? document,
      'test',
    ]);
    await addSecrets(client, configured.secrets ?? {});
    for (const [provider, token] of Object.entries(tokens)) await addToken(client, provider, token);
    const variables = {
      DATABASE_URL: database.url,
      PORT: String(await freePort()),
      SCIM_INGEST_PORT: String(port),
      SANDBOX: 'off',
      JIRA_URL: 'http://127.0.0.1:9',
      JIRA_TOKEN: 'unused',
      ENCRYPTION_KEY: masterKey.toString('base64'),
    };
    const running = await run([scimIngest], variables, { logger: createLogger('silent') });
    return new RunningScim(`http://127.0.0.1:${port}/scim/v2`, client, database.url, database, running);
  }

  async send(method: string, path: string, body?: unknown, options: Options = {}): Promise<Reply> {
    const { token = tokens.cognito, headers = {}, raw } = options;
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const answer = await fetch(this.base + path, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(sent === undefined ? {} : { 'content-type': 'application/scim+json' }),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
    });
    const text = await answer.text();
    const parsed = JSON.parse(text === '' ? '{}' : text) as ScimBody;
    return { status: answer.status, headers: answer.headers, text, body: parsed };
  }

  get(path: string, options?: Options): Promise<Reply> {
    return this.send('GET', path, undefined, options);
  }

  find(type: 'Users' | 'Groups', filter: string, more = ''): Promise<Reply> {
    return this.get(`/${type}?filter=${encodeURIComponent(filter)}${more}`);
  }

  /** How many events speak of a person. */
  async eventsOf(userId: string): Promise<number> {
    const { rows } = await this.client.query<{ events: number }>(
      `select count(*)::int as events from messaging.outbox where payload ->> 'directoryUserId' = $1`,
      [userId],
    );
    return rows[0]!.events;
  }

  async stop(): Promise<void> {
    await this.client.end();
    await this.running.close();
    await this.database.drop();
  }
}

const masterKey = Buffer.alloc(32, 7);

async function addSecrets(client: pg.Client, secrets: Readonly<Record<string, string>>): Promise<void> {
  const encryption = new Encryption(masterKey);
  for (const [name, value] of Object.entries(secrets))
    await client.query('insert into console.secret (name, sealed, fingerprint) values ($1, $2, $3)', [
      ...[name, encryption.seal(value, secretPlace(name)), encryption.fingerprint(value)],
    ]);
}

export async function addToken(client: pg.Client, provider: string, token: string, expiresAt?: Date): Promise<void> {
  await client.query(
    `insert into console.scim_token (provider, name, token_hash, created_by, expires_at) values ($1, 'test', $2, 'test', $3)`,
    [provider, createHash('sha256').update(token).digest('hex'), expiresAt ?? null],
  );
}

const document = {
  version: 1,
  providers: Object.fromEntries(
    Object.keys(tokens).map((key) => [key, { name: key, issuer: `https://${key}.example`, clientId: 'c' }]),
  ),
  mappings: Object.fromEntries(Object.keys(tokens).map((key) => [key, {}])),
  settings: {},
};

let serial = 0;

/** A user name that no other test has. */
export function unique(name: string): string {
  return `${name}-${(serial += 1)}`;
}

export const schemas = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  enterprise: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  patch: 'urn:ietf:params:scim:api:messages:2.0:PatchOp',
  error: 'urn:ietf:params:scim:api:messages:2.0:Error',
  bulk: 'urn:ietf:params:scim:api:messages:2.0:BulkRequest',
  search: 'urn:ietf:params:scim:api:messages:2.0:SearchRequest',
} as const;

/** Of a person or of a group. */
export function nameOf(body: ScimBody): string {
  return Object.hasOwn(body, 'userName') ? body.userName : body.displayName;
}

export function patchOf(...operations: readonly unknown[]) {
  return { schemas: [schemas.patch], Operations: operations };
}
