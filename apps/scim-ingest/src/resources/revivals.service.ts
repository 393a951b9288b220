import { Injectable } from '@nestjs/common';
import { beside, statement, Statements } from '@gatehouse/database';
import { DirectoryUsers } from '@gatehouse/directory';
import type { DirectoryUserContent } from '@gatehouse/directory';
import { foldName } from '@gatehouse/mapping';
import { Commits } from '@gatehouse/messaging';
import { userType } from '@gatehouse/scim';
import type { Row } from '@gatehouse/scim';
import { DataSource } from 'typeorm';
import { Resources } from './resources.store.js';
import { userRow } from './user-row.js';
import type { WriteOrder } from './write-order.js';

/**
 * Okta creates somebody again whom it has deactivated (P18). It is the same person only by the provider's own id, and only
 * while inactive: a creation that is repeated after a timeout finds somebody active, and changes nobody (O7).
 */
@Injectable()
export class Revivals {
  private readonly statements: Statements;

  constructor(
    dataSource: DataSource,
    private readonly commits: Commits,
    private readonly resources: Resources,
    private readonly directory: DirectoryUsers,
  ) {
    this.statements = new Statements(dataSource);
  }

  /** @returns the person, active and as described; undefined when there is nobody to come back */
  async of(content: DirectoryUserContent, { provider, traceId }: WriteOrder): Promise<Row | undefined> {
    const { userName, externalId, active } = content;
    if (externalId === null || !active) return undefined;
    const inactive = await this.statements.first(inactiveNamesake, [provider, foldName(userName), externalId]);
    const row = inactive && (await this.resources.find(userType, provider, inactive.id));
    if (row?.['active'] !== false) return undefined;
    const reference = { provider, id: inactive!.id, version: Number(row['version']) };
    const written = await this.directory.change(this.commits, reference, content, traceId);
    return written && userRow(content, written, row['memberships']);
  }
}

/** By the index of names, which is of those who are not deleted. */
export const inactiveNamesake = statement<{ readonly id: string }>(
  `select id from directory.directory_user
   where provider = $1 and user_name_folded = $2 and deleted_at is null and ${beside('external_id', '$3')} and not active`,
);
