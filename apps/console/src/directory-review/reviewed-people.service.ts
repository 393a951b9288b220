import { Injectable } from '@nestjs/common';
import type { ConfigExport, ReviewedPerson } from '@gatehouse/contracts';
import { JiraReader } from '@gatehouse/jira-client';
import type { JiraReading, JiraUser } from '@gatehouse/jira-client';
import { claimOf, desiredAccess, foreseeJira, lookForUser } from '@gatehouse/mapping';
import type { AdoptionWord, ForeseenAccount } from '@gatehouse/mapping';
import { DataSource } from 'typeorm';
import { codeInWords } from '../api/code-in-words.js';
import { place } from '../plans/compare-newcomer.js';
import type { Near } from '../plans/compare-newcomer.js';
import { MetOnRecords } from '../plans/met-on-records.reader.js';
import { PeopleOnRecord } from '../plans/people-on-record.reader.js';
import type { UnlinkedIdentity } from '../plans/people-on-record.reader.js';
import { askedWithinMs, unlessAway } from '../jira-groups/unless-away.js';

type Outcome = Omit<ReviewedPerson, 'person' | 'userName' | 'reason' | 'verdicts'>;

interface Words {
  readonly verdicts: ReviewedPerson['verdicts'];
  /** The last about a Jira user. */
  readonly adoption: AdoptionWord | undefined;
}

const nobody = { by: null, account: null, jiraKey: null, username: null, code: null };

/** What would become of people whom only a directory knows, by the functions that claim-mapping and group-sync run by. */
@Injectable()
export class ReviewedPeople {
  constructor(
    private readonly dataSource: DataSource,
    private readonly people: PeopleOnRecord,
    private readonly meetings: MetOnRecords,
    private readonly reader: JiraReader,
  ) {}

  /** @param document as it would be with the directory on @param person given: only this one */
  async page(
    provider: string,
    document: ConfigExport,
    { after, limit, person }: { after: string | undefined; limit: number; person?: string },
  ): Promise<ReviewedPerson[]> {
    const page = await this.people.unlinkedPeople(after, provider, limit, person);
    const near = { named: new Map(), met: await this.meetings.of(page, document) };
    const wordsOf = await this.words(page.map(({ identityId }) => identityId));
    const reading = this.reader.begin(askedWithinMs);
    return Promise.all(
      page.map(async (one) => {
        const words = wordsOf(one.identityId);
        const outcome = await outcomeOf(one, document, { near, words, reading });
        const reason = codeInWords(outcome.code)?.meaning ?? null;
        const userName = String(claimOf(one.claims, 'userName'));
        return { person: one.identityId, userName, ...outcome, reason, verdicts: [...words.verdicts] };
      }),
    );
  }

  private async words(ids: readonly string[]): Promise<(id: string) => Words> {
    const rows = await this.dataSource.query<{ id: string; target: string; verdict: AdoptionWord['verdict'] }[]>(
      `select directory_user_id as id, target, verdict from console.link_decision
       where directory_user_id = any($1::uuid[]) order by decided_at desc, target`,
      [ids],
    );
    return (id) => {
      const own = rows.filter((row) => row.id === id);
      const [jira] = own.filter(({ target }) => target.startsWith('jira/'));
      return {
        verdicts: own.map(({ verdict }) => verdict),
        adoption: jira && { jiraKey: jira.target.slice('jira/'.length), verdict: jira.verdict },
      };
    };
  }
}

interface Around {
  readonly near: Near;
  readonly words: Words;
  readonly reading: JiraReading;
}

async function outcomeOf(one: UnlinkedIdentity, config: ConfigExport, around: Around): Promise<Outcome> {
  const foreseen = place(one, config, around.near);
  const { by = null, met = null } = foreseen;
  if (foreseen.kind === 'refuse') {
    const outcome = foreseen.code === 'match.link_undecided' ? 'asked' : 'refused';
    return { ...nobody, outcome, by, account: met, code: foreseen.code };
  }
  const { account } = foreseen;
  if (account?.jiraKey !== undefined)
    return { ...nobody, outcome: 'linked', by, account: account.accountId, jiraKey: account.jiraKey };
  const known = { ...nobody, by, account: account?.accountId ?? null };
  return { ...known, ...(await outcomeInJira(foreseen, config, around)) };
}

async function outcomeInJira(
  { identities, nameFolded }: ForeseenAccount,
  config: ConfigExport,
  { words, reading }: Around,
): Promise<Pick<Outcome, 'outcome'> & Partial<Outcome>> {
  const desired = desiredAccess({ identities, nameFolded, config, adoptionWord: words.adoption });
  if (!desired) return { outcome: 'unknown' };
  const asked = lookForUser<JiraUser>(desired, {
    byName: (username) => reading.findUser({ username }),
    byEmail: (email) => reading.findUsersByEmail(email),
  });
  const found = await unlessAway(asked);
  if (found === null) return { outcome: 'unknown' };
  const { decision } = foreseeJira({ desired, account: undefined, found, settings: config.settings });
  const user = found === undefined || found === 'several' ? {} : { jiraKey: found.key, username: found.name };
  switch (decision.kind) {
    case 'create':
      return { outcome: 'created' };
    case 'adopt':
    case 'pinned':
      return { outcome: 'adopted', ...user };
    case 'refuse':
      return { outcome: decision.code === 'match.link_undecided' ? 'asked' : 'refused', ...user, code: decision.code };
  }
}
