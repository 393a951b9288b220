import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { advisoryLocks, ApiTokenRow } from '@gatehouse/database';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { recordAudit } from './audit.js';
import { endSessionsOf } from './end-sessions.js';
import { hashSecret } from './hash-secret.js';
import { newToken } from './new-token.js';

export const adminName = 'admin';

/** The one token that is there from the start: from ADMIN_TOKEN, or made and shown once. */
@Injectable()
export class AdminTokens implements OnApplicationBootstrap {
  private ensured: Promise<{ created?: string }> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.ensure();
  }

  /** Makes the admin token be what ADMIN_TOKEN says, or makes one where there is none. `created` is the only copy outside the file. */
  ensure(): Promise<{ created?: string }> {
    this.ensured ??= this.dataSource.transaction(async (manager) => {
      await manager.query('select pg_advisory_xact_lock($1)', [advisoryLocks.ensureAdminToken]);
      return this.config.adminToken
        ? this.replace(manager, this.config.adminToken.reveal())
        : this.createMissing(manager);
    });
    return this.ensured;
  }

  /** The file that holds the token now, for the person who lost the terminal. */
  async keptIn(): Promise<string | undefined> {
    if (!this.file) return undefined;
    const found = await stat(this.file).then(
      () => true,
      () => false,
    );
    return found ? this.file : undefined;
  }

  /** With the embedded server only, whose data lies in the same folder anyway. */
  private get file(): string | undefined {
    return this.config.databaseUrl || this.config.adminToken ? undefined : join(this.config.dataDir, 'admin-token');
  }

  private async replace(manager: EntityManager, token: string): Promise<{ created?: string }> {
    const rows = await manager.query<{ id: string }[]>(
      `insert into console.api_token (name, token_hash, role, created_by) values ($1, $2, 'admin', 'start')
       on conflict (name) do update set token_hash = excluded.token_hash, created_at = now()
       where api_token.token_hash <> excluded.token_hash
       returning id`,
      [adminName, hashSecret(token)],
    );
    if (rows[0]) {
      await endSessionsOf(manager, rows[0].id, 'token-replaced');
      await audit(manager, 'api-token.configured');
    }
    // A file of an earlier start would name a token that no longer opens anything.
    await rm(join(this.config.dataDir, 'admin-token'), { force: true });
    return {};
  }

  private async createMissing(manager: EntityManager): Promise<{ created?: string }> {
    if (await manager.getRepository(ApiTokenRow).existsBy({ name: adminName })) return {};
    const token = newToken();
    await manager.query(
      `insert into console.api_token (name, token_hash, role, created_by) values ($1, $2, 'admin', 'start')`,
      [adminName, hashSecret(token)],
    );
    await audit(manager, 'api-token.created');
    // Before the commit: a start that dies in between makes another token, instead of leaving one that nobody knows.
    if (this.file) await keep(this.config.dataDir, this.file, token);
    return { created: token };
  }
}

async function audit(manager: EntityManager, action: string): Promise<void> {
  await recordAudit(manager, { actor: 'start', action, object: `api-token/${adminName}` });
}

/** Written beside and renamed, so that an older file's looser mode is never inherited. */
async function keep(dir: string, file: string, token: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  const temporary = `${file}.${randomUUID()}`;
  await writeFile(temporary, `${token}\n`, { mode: 0o600, flag: 'wx' });
  await rename(temporary, file);
}
