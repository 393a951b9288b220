import { Injectable } from '@nestjs/common';
import { noWords, readWords } from '@gatehouse/mapping';
import type { AccountOrder, DeactivationFacts, DirectoryRow } from '@gatehouse/mapping';
import { DataSource } from 'typeorm';

type OfAccount<Row> = Row & { readonly account_id: string };

type WordRow = Omit<DirectoryRow, 'version' | 'removedAt'> & {
  readonly version: string;
  readonly removedAt: Date | null;
};

/** What deactivates accounts, or lifts it, of a page of people: as claim-mapping reads it of one. */
@Injectable()
export class WordsOnRecord {
  constructor(private readonly dataSource: DataSource) {}

  /** Whose word counts is left to the document that is compared. */
  async of(accountIds: readonly string[]): Promise<(accountId: string) => DeactivationFacts> {
    const ask = (text: string): Promise<OfAccount<never>[]> => this.dataSource.query(text, [accountIds]);
    const [said, ordered, unusedSince, signedIn] = await Promise.all([
      ask(selectWords),
      ask(selectOrders),
      ask(selectUnused),
      ask(selectSignIns),
    ]);
    const words = grouped<WordRow>(said);
    const orders = grouped<AccountOrder>(ordered);
    const unused = grouped<{ at: Date }>(unusedSince);
    const signIns = grouped<{ provider: string; at: Date }>(signedIn);
    return (id) => ({
      ...noWords,
      directory: readWords(words(id).map(rowOf)).map((word) => ({ ...word, isUnheeded: false })),
      order: orders(id)[0],
      inactiveSince: unused(id)[0]?.at,
      signIns: signIns(id),
    });
  }
}

function rowOf({ version, removedAt, ...row }: WordRow): DirectoryRow {
  return { ...row, version: Number(version), removedAt: removedAt ?? undefined };
}

function grouped<Row>(rows: readonly OfAccount<Row>[]): (accountId: string) => readonly Row[] {
  const byAccount = new Map<string, Row[]>();
  for (const row of rows) {
    const known = byAccount.get(row.account_id);
    if (known) known.push(row);
    else byAccount.set(row.account_id, [row]);
  }
  return (accountId) => byAccount.get(accountId) ?? [];
}

const selectWords = `
select linked.account_id, said.id as "directoryUserId", said.provider, said.version, said.changed_at as "changedAt",
  said.active, said.deleted_at as "removedAt"
from mapping.account_directory_user as linked
join directory.directory_user as said on said.id = linked.directory_user_id where linked.account_id = any($1::uuid[])`;

const selectOrders = `
select distinct on (account_id) account_id, kind, ordered_at as "orderedAt", lifts
from console.account_order where account_id = any($1::uuid[]) order by account_id, id desc`;

const selectUnused = `
select account_id, since as at from mapping.inactive_account where account_id = any($1::uuid[])`;

const selectSignIns = `
select linked.account_id, identity.provider, identity.verified_at as at from mapping.account_identity as linked
join gateway.identity as identity on identity.id = linked.identity_id where linked.account_id = any($1::uuid[])`;
