import { Injectable } from '@nestjs/common';
import type { ConfigExport, GroupDecision, ReviewedGroup } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import { JiraReader } from '@gatehouse/jira-client';
import type { JiraReading } from '@gatehouse/jira-client';
import { foldName, isAdministratorGroup, mapGroups } from '@gatehouse/mapping';
import { DirectoryReviews } from './directory-review.store.js';
import type { GroupOnRecord } from './directory-review.store.js';
import { askedWithinMs, unlessAway } from '../jira-groups/unless-away.js';
import { reviewedDocument } from './reviewed-document.js';
import type { DecidedGroup } from './reviewed-document.js';

/** Where groups of a directory lead, and what they would meet in Jira (P28). */
@Injectable()
export class ReviewedGroups {
  constructor(
    private readonly reviews: DirectoryReviews,
    private readonly reader: JiraReader,
  ) {}

  async of(provider: string, document: ConfigExport, groups: readonly GroupOnRecord[]): Promise<ReviewedGroup[]> {
    const led = groups.map((group) => ({ group, targets: targetsOf(provider, document, group) }));
    const ours = await this.reviews.ours([...new Set(led.flatMap(({ targets }) => targets.map(foldName)))]);
    const reading = this.reader.begin(askedWithinMs);
    const { administratorGroups } = document.settings;
    return Promise.all(
      led.map(async ({ group, targets }) => {
        const leadsTo = await Promise.all(
          targets.map(async (target) => ({
            ...(await countIn(reading, target)),
            ours: ours.get(foldName(target)) ?? 0,
            administrators: isAdministratorGroup(target, administratorGroups),
          })),
        );
        const { id, name, members, matched, decision } = group;
        return { group: id, name, members, matched, leadsTo, conflict: conflictIn(leadsTo), decision };
      }),
    );
  }

  /**
   * What was decided may have become a group of administrators since.
   * @throws TerminalError `review.administrators`
   */
  assertNoAdministrators(decisions: readonly DecidedGroup[], { settings }: ConfigExport): void {
    const { administratorGroups } = settings;
    const led = decisions.find(({ to }) => to !== null && isAdministratorGroup(to, administratorGroups));
    if (led)
      throw new TerminalError(
        'review.administrators',
        `"${led.to}" is a group of administrators by now; decide anew about the group "${led.name}".`,
      );
  }

  /** @throws TerminalError `review.…` when Jira or the rules say otherwise; OutageError when Jira does not say */
  async require({ verdict, to }: GroupDecision, { settings }: ConfigExport): Promise<void> {
    if (to === undefined) return;
    if (isAdministratorGroup(to, settings.administratorGroups))
      throw new TerminalError(
        'review.administrators',
        'A group of administrators is given by a rule of the mapping only.',
      );
    const exists = await this.reader.begin(askedWithinMs).hasGroup(to);
    if (verdict === 'link' && !exists)
      throw new TerminalError('review.group_missing', 'Jira has no group of this name.');
    if (verdict === 'rename' && exists) throw new TerminalError('review.group_exists', 'Jira has this group already.');
  }
}

function targetsOf(provider: string, document: ConfigExport, { name, decision }: GroupOnRecord): string[] {
  const decisions = decision ? [{ name, ...decision }] : [];
  const { groups } = reviewedDocument(document, provider, decisions).mappings[provider]!;
  const [mapped] = mapGroups([name], groups);
  return [...new Set(mapped?.grants.map(({ group }) => group))];
}

async function countIn(reading: JiraReading, group: string) {
  const members = await unlessAway(reading.memberCount(group));
  if (members === null) return { group, exists: null, members: null };
  return { group, exists: members !== undefined, members: members ?? null };
}

/** One membership of ours says nothing of the others who are in that group. */
function conflictIn(leadsTo: ReviewedGroup['leadsTo']): boolean | null {
  if (leadsTo.some(({ members, ours }) => members !== null && (ours === 0 || members > ours))) return true;
  return leadsTo.some(({ exists }) => exists === null) ? null : false;
}
