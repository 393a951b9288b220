import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Settings } from '@gatehouse/contracts';
import { RetryableError, TerminalError } from '@gatehouse/errors';
import { JiraReader } from '@gatehouse/jira-client';
import { foldedSet, foldName } from '@gatehouse/mapping';
import type { Kept, Removal } from '@gatehouse/mapping';
import { Leases } from '@gatehouse/messaging';
import { callDeadlineMs } from './guarded.jira-client.js';
import type { Run } from './run.js';

const withinMs = 5_000;

/** Nobody is taken out of a group of administrators who is its last active member (P03). */
@Injectable()
export class Administrators {
  constructor(
    private readonly reader: JiraReader,
    private readonly leases: Leases,
  ) {}

  /**
   * Does the work, with a plan that spares last administrators. One account at a time across all processes, from the look
   * at the group to the last change: two administrators who go at once would each see the other.
   *
   * @throws DeferredError while another account is at it
   */
  async sparing<Result>(
    run: Run,
    { administratorGroups }: Pick<Settings, 'administratorGroups'>,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const groups = foldedSet(administratorGroups);
    const atRisk = run.plan!.remove.filter(({ group }) => groups.has(foldName(group)));
    if (atRisk.length === 0) return work();
    return this.oneAtATime(run, async () => {
      const spared = (await Promise.all(atRisk.map((removal) => this.judge(removal, run)))).flat();
      const names = foldedSet(spared.map(({ group }) => group));
      run.plan = {
        ...run.plan!,
        remove: run.plan!.remove.filter(({ group }) => !names.has(foldName(group))),
        kept: [...run.plan!.kept, ...spared],
      };
      return work();
    });
  }

  /**
   * Does the work for somebody who leaves all of these groups, unless that leaves one of them without an active member.
   *
   * @throws TerminalError then; DeferredError while another account is at it
   */
  async exceptLast<Result>(run: Run, groups: readonly string[], work: () => Promise<Result>): Promise<Result> {
    if (groups.length === 0) return work();
    return this.oneAtATime(run, async () => {
      const kept = (await Promise.all(groups.map((group) => this.judge({ group }, run)))).flat();
      const [first] = [...kept].sort((one, other) => other.because.localeCompare(one.because));
      if (!first) return work();
      if (first.because === 'last-administrator')
        throw new TerminalError('account.last_administrator', `Nobody else is active in ${first.group}`);
      throw new RetryableError('account.administrators_unknown', `Who is in ${first.group} could not be seen`);
    });
  }

  /** Whoever lost the lease may have had a call on its way, which has landed by the time that we look. */
  private oneAtATime<Result>({ jira }: Run, work: () => Promise<Result>): Promise<Result> {
    return this.leases.hold('administrators', async (lease) => {
      if (lease.takenOver) await delay(callDeadlineMs);
      return jira.under(lease, work);
    });
  }

  private async judge({ group }: Pick<Removal, 'group'>, { seen, jira }: Run): Promise<Kept[]> {
    const others = jira.guard(() => this.reader.begin(withinMs).hasOtherMember(group, seen!.user.name));
    const hasOther = await others.catch(() => 'unknown' as const);
    if (hasOther === true) return [];
    return [{ group, because: hasOther === false ? 'last-administrator' : 'administrators-unknown' }];
  }
}
