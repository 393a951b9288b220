import { Injectable } from '@nestjs/common';
import { compareSides } from '@gatehouse/mapping';
import type { Comparison, Identity } from '@gatehouse/mapping';
import { compareNewcomer, nameOfNewcomer } from './compare-newcomer.js';
import type { Documents } from './compare-newcomer.js';
import { MetOnRecords } from './met-on-records.reader.js';
import { PeopleOnRecord } from './people-on-record.reader.js';
import type { UnlinkedIdentity } from './people-on-record.reader.js';

/** So many people are decided before whoever signs in has a turn: a few milliseconds. */
const atAStretch = 10;

export interface Compared {
  readonly account: string | undefined;
  readonly identity: string | undefined;
  readonly username: string | undefined;
  readonly identities: readonly Identity[];
  readonly comparison: Comparison;
}

/** Not computed before it is asked for: a page is read at once, and decided bit by bit. */
export type Page = readonly (() => Compared)[];

/** Everybody that a remap could reach: accounts, then identities that have none. */
@Injectable()
export class ComparedPeople {
  constructor(
    private readonly people: PeopleOnRecord,
    private readonly meetings: MetOnRecords,
  ) {}

  async *pages(documents: Documents): AsyncGenerator<Page, void, undefined> {
    yield* this.accounts(documents);
    yield* this.newcomers(documents, (after) => this.people.unlinked(after));
    yield* this.newcomers(documents, (after) => this.people.unlinkedPeople(after));
  }

  private async *accounts({ saved, edited }: Documents): AsyncGenerator<Page, void, undefined> {
    for (let after: string | undefined; ;) {
      const records = await this.people.accounts(after);
      if (records.length === 0) return;
      after = records.at(-1)!.accountId;
      yield records.map(({ accountId, person, identities }) => () => {
        const comparison = compareSides(person, { config: saved, identities }, { config: edited, identities });
        const username = person.jira.username ?? comparison.after.desired?.username;
        return { account: accountId, identity: undefined, username, identities, comparison };
      });
    }
  }

  private async *newcomers(
    documents: Documents,
    pageAfter: (after: string | undefined) => Promise<readonly UnlinkedIdentity[]>,
  ): AsyncGenerator<Page, void, undefined> {
    for (let after: string | undefined; ;) {
      const identities = await pageAfter(after);
      if (identities.length === 0) return;
      after = identities.at(-1)!.identityId;
      const names = identities.flatMap((one) => [
        nameOfNewcomer(one, documents.saved),
        nameOfNewcomer(one, documents.edited),
      ]);
      const named = await this.people.named([...new Set(names.filter((name) => name !== undefined))]);
      const near = { named, met: await this.meetings.of(identities, documents.edited) };
      yield identities.map((one) => () => {
        const comparison = compareNewcomer(one, documents, near);
        const username = comparison.after.desired?.username ?? comparison.before.desired?.username;
        return { account: undefined, identity: one.identityId, username, identities: [one], comparison };
      });
    }
  }
}

export function stretchesOf(page: Page): readonly Page[] {
  return Array.from({ length: Math.ceil(page.length / atAStretch) }, (_, at) =>
    page.slice(at * atAStretch, (at + 1) * atAStretch),
  );
}
