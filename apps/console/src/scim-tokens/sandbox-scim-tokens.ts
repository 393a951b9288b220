import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { sandboxScimTokens } from '@gatehouse/sandbox-seed';
import { DataSource } from 'typeorm';
import { hashSecret } from '../access/hash-secret.js';

/** Beside the sandbox everybody knows the tokens; without it they end with the next start. */
@Injectable()
export class SandboxScimTokens implements OnApplicationBootstrap {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const hashes = Object.values(sandboxScimTokens).map(hashSecret);
    if (!this.config.sandbox) {
      await this.dataSource.query('delete from console.scim_token where token_hash = any($1)', [hashes]);
      return;
    }
    await this.dataSource.query(
      `insert into console.scim_token (provider, name, token_hash, created_by)
       select provider, 'sandbox', hash, 'start' from unnest($1::text[], $2::text[]) as known (provider, hash)
       on conflict (token_hash) do nothing`,
      [Object.keys(sandboxScimTokens), hashes],
    );
  }
}
