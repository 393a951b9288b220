import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@gatehouse/database';
import type { EmbeddedPostgres } from '@gatehouse/database';
import { freePort } from '@gatehouse/testing';
import { Client } from 'pg';

/**
 * A PostgreSQL of this test alone, which may be restarted and killed. Not durable: a crash of the machine would lose
 * data, but a crash of PostgreSQL does not, and nothing else is tested here.
 */
export class OwnPostgres {
  private constructor(
    private readonly dataDir: string,
    readonly port: number,
    private server: EmbeddedPostgres,
  ) {}

  static async start(dataDir: string): Promise<OwnPostgres> {
    const port = await freePort();
    return new OwnPostgres(dataDir, port, await startEmbeddedPostgres({ dataDir, port, durable: false }));
  }

  get url(): string {
    return this.server.url;
  }

  /** @returns the address of a new, empty database on the same server */
  async anotherDatabase(): Promise<string> {
    const url = new URL(this.url);
    const client = new Client({ connectionString: url.href });
    await client.connect();
    await client.query('create database another');
    await client.end();
    url.pathname = '/another';
    return url.href;
  }

  /** Every session ends, everything is written, and it starts again on the same port. */
  async restart(): Promise<void> {
    await this.server.close();
    await this.startAgain();
  }

  /** The postmaster dies; its sessions notice and end; the next start replays the log. */
  async kill(): Promise<void> {
    const [pid] = (await readFile(join(this.dataDir, 'postgres/postmaster.pid'), 'utf8')).split('\n');
    process.kill(Number(pid), 'SIGKILL');
    await this.server.close();
  }

  async startAgain(): Promise<void> {
    this.server = await startEmbeddedPostgres({ dataDir: this.dataDir, port: this.port, durable: false });
  }

  async close(): Promise<void> {
    await this.server.close();
  }
}
