import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { createTestDatabase, freePort } from '@gatehouse/testing';
import { run } from '@gatehouse/runtime';
import type { Running } from '@gatehouse/runtime';
import { createLogger } from '@gatehouse/telemetry';
import { allServices } from '../../../apps/suite/src/services.js';

export const adminToken = 'flow-test-admin-token-0123456789';

/** A whole installation on free ports: every service, the sandbox, a database of its own. */
export class Installation {
  private running: Running | undefined;
  readonly logLines: string[] = [];

  private constructor(
    readonly variables: Record<string, string>,
    readonly databaseUrl: string,
    private readonly remove: () => Promise<void>,
  ) {}

  static async start({ host = 'localhost', ...extra }: Record<string, string> = {}): Promise<Installation> {
    const database = await createTestDatabase();
    const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-flow-'));
    const [port, jiraPort, idpPort] = [await freePort(), await freePort(), await freePort()];
    const variables = {
      PORT: String(port),
      PUBLIC_URL: `http://${host}:${port}/_sso`,
      SANDBOX_JIRA_PORT: String(jiraPort),
      SANDBOX_IDP_PORT: String(idpPort),
      DATABASE_URL: database.url,
      DATA_DIR: dataDir,
      ADMIN_TOKEN: adminToken,
      LOG_LEVEL: 'debug',
      ...extra,
    };
    const installation = new Installation(variables, database.url, async () => {
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    });
    await installation.up();
    return installation;
  }

  get origin(): string {
    return new URL(this.base).origin;
  }

  get base(): string {
    return this.variables['PUBLIC_URL']!;
  }

  get jira(): string {
    return `http://localhost:${this.variables['SANDBOX_JIRA_PORT']}`;
  }

  get idp(): string {
    return `http://localhost:${this.variables['SANDBOX_IDP_PORT']}`;
  }

  async up(): Promise<void> {
    const sink = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.logLines.push(chunk.toString());
        done();
      },
    });
    this.running = await run(allServices, this.variables, { logger: createLogger('debug', sink) });
  }

  async down(): Promise<void> {
    await this.running?.close();
    this.running = undefined;
  }

  async discard(): Promise<void> {
    await this.down();
    await this.remove();
  }
}
