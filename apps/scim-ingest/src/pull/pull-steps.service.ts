import { Injectable } from '@nestjs/common';
import type { CleanupOptions, Settings } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import type { Lease } from '@gatehouse/messaging';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { AbsentPeople, mayGo } from './absent-people.store.js';
import type { AbsentPerson } from './absent-people.store.js';
import { PageTokenRefusedError } from './cognito-errors.js';
import type { CognitoPool } from './cognito-pool.js';
import { listedPerson, unstorable } from './listed-person.js';
import type { ListedPerson } from './listed-person.js';
import type { Position, Sync, Tally } from './pull-sync.js';
import { PullSyncs } from './pull-syncs.store.js';
import { PulledGroups } from './pulled-groups.store.js';
import type { PulledGroup } from './pulled-groups.store.js';
import { PulledPeople } from './pulled-people.store.js';
import type { TakenPeople } from './pulled-people.store.js';
import type { CognitoUser, Page } from './read-page.js';

/** Six million people, or as many members of one pool: nobody lists more, and no listing goes on for ever. */
const pagesMax = 100_000;
const passesMax = 50;
/** One request each. */
const absentAtOnce = 10;
const groupsAtOnce = 50;

export interface Reading {
  readonly pool: CognitoPool;
  readonly lease: Lease;
  readonly userPoolId: string;
  readonly withGroups: boolean;
  readonly trustUnverifiedEmail: boolean;
  readonly brake: Settings['brake'];
  readonly cleanup: CleanupOptions;
}

type Write = (manager: EntityManager) => Promise<readonly [Position, Tally]>;

/** One page of a listing, or a few of those who are missing: asked outside, written in one commit with the position. */
@Injectable()
export class PullSteps {
  constructor(
    private readonly dataSource: DataSource,
    private readonly syncs: PullSyncs,
    private readonly people: PulledPeople,
    private readonly groups: PulledGroups,
    private readonly absent: AbsentPeople,
  ) {}

  /** @returns false when nothing is left to do: it is done, held, or ended by somebody */
  async take(sync: Sync, reading: Reading): Promise<boolean> {
    if (sync.pages > pagesMax || sync.pass > passesMax)
      throw new TerminalError('cognito.listing_endless', `The listing of ${sync.phase} does not come to its end.`);
    try {
      return await this.step(sync, reading);
    } catch (error) {
      if (!(error instanceof PageTokenRefusedError)) throw error;
      return this.commit(reading, async (manager) => {
        await this.syncs.restartListing(manager, sync);
        return true;
      });
    }
  }

  private step(sync: Sync, reading: Reading): Promise<boolean> {
    switch (sync.phase) {
      case 'people':
        return this.peoplePage(sync, reading);
      case 'groups':
        return this.groupsPage(sync, reading);
      case 'members':
        return this.membersPage(sync, reading);
      case 'absences':
        return this.absences(sync, reading);
    }
  }

  private async peoplePage(sync: Sync, reading: Reading): Promise<boolean> {
    const { items, next } = await reading.pool.users(sync.pageToken);
    const listed = this.listed(items, reading);
    return this.write(sync, reading, async (manager) => {
      const taken = await this.people.take(manager, sync, listed, reading.cleanup);
      const after = reading.withGroups ? 'groups' : 'absences';
      return [place(next === undefined ? after : 'people', next), { ...tallyOf(taken), peopleSeen: listed.length }];
    });
  }

  private async groupsPage(sync: Sync, reading: Reading): Promise<boolean> {
    const { items, next } = await reading.pool.groups(sync.pageToken);
    // Cognito's own group of everybody who came by one identity provider says nothing about anybody.
    const names = items.filter((name) => !name.startsWith(`${reading.userPoolId}_`) && !unstorable.test(name));
    return this.write(sync, reading, async (manager) => {
      const skipped = await this.groups.take(manager, sync, names);
      const tally = { requests: 1, groupsSeen: items.length, groupsSkipped: skipped + items.length - names.length };
      return [place(next === undefined ? 'members' : 'groups', next), tally];
    });
  }

  private async membersPage(sync: Sync, reading: Reading): Promise<boolean> {
    const { manager: reader } = this.dataSource;
    const group = await (sync.groupId === undefined ? this.groups.next(reader, sync) : this.groups.named(reader, sync));
    if (!group) return this.write(sync, reading, () => Promise.resolve([place('absences'), { requests: 0 }]));
    const page = await reading.pool.members(group.name, sync.pageToken);
    if (!page) return this.groupWent(sync, reading, group);
    const listed = this.listed(page.items, reading);
    return this.write(sync, reading, async (manager) => {
      // Whoever came after the listing of people is taken here.
      const taken = await this.people.take(manager, sync, listed, reading.cleanup);
      await this.groups.respell(manager, sync, group);
      const added = await this.groups.addMembers(manager, sync, group, taken.ids);
      const went = await this.endOfPage(manager, sync, { group, page, ids: taken.ids });
      const position = page.next === undefined ? place('members') : place('members', page.next, group.id);
      return [position, { ...tallyOf(taken), peopleSkipped: 0, membersChanged: added + went }];
    });
  }

  private async endOfPage(
    manager: EntityManager,
    sync: Sync,
    { group, page, ids }: { group: PulledGroup; page: Page<CognitoUser>; ids: readonly string[] },
  ): Promise<number> {
    if (page.next === undefined) return this.groups.endOfMembers(manager, sync, group, ids);
    await this.groups.remember(manager, group, ids);
    return 0;
  }

  /** It was deleted since the groups were listed: the next sync misses it, and this one says nothing of its members. */
  private groupWent(sync: Sync, reading: Reading, group: PulledGroup): Promise<boolean> {
    return this.write(sync, reading, async (manager) => {
      await this.groups.membersRead(manager, sync, group);
      return [place('members'), { requests: 1 }];
    });
  }

  /** Each is asked for once more by their own id: a page that moved while it was read takes nobody's access away. */
  private async absences(sync: Sync, reading: Reading): Promise<boolean> {
    const { cleanup } = reading;
    const verdict = await this.commit(reading, async (manager) => {
      const spared = sync.pages === 0 ? await this.absent.spareExcepted(manager, sync, cleanup) : 0;
      const { people, isHeld } = await this.absent.judge(manager, sync, reading);
      if (isHeld) await this.syncs.hold(manager, sync, people);
      else await this.syncs.noteAbsent(manager, sync, people + spared);
      return { people, isHeld };
    });
    if (verdict.isHeld) return false;
    if (verdict.people === 0) return this.absentGroups(sync, reading);
    const missing = await this.absent.page(this.dataSource.manager, sync, cleanup, { size: absentAtOnce });
    const asked = mayGo(missing, cleanup);
    const found: CognitoUser[] = [];
    const gone: AbsentPerson[] = [];
    for (const person of asked) {
      const user = await reading.pool.userBySub(person.externalId);
      if (user) found.push(user);
      else gone.push(person);
    }
    const listed = this.listed(found, reading);
    return this.write(sync, reading, async (manager) => {
      const taken = await this.people.take(manager, sync, listed, reading.cleanup);
      await this.absent.spare(manager, sync, missing);
      for (const person of gone) await this.absent.takeAway(manager, sync, person, cleanup);
      const removed = gone.filter(({ counts }) => counts).length;
      const tally = { ...tallyOf(taken), requests: asked.length, peopleRemoved: removed };
      return [place('absences'), tally];
    });
  }

  private async absentGroups(sync: Sync, reading: Reading): Promise<boolean> {
    return this.commit(reading, async (manager) => {
      const removed = reading.withGroups ? await this.groups.removeAbsent(manager, sync, groupsAtOnce) : 0;
      const goesOn = await this.syncs.advance(manager, sync, place('absences'), {
        requests: 0,
        groupsRemoved: removed,
      });
      if (removed < groupsAtOnce) await this.syncs.finish(manager, sync);
      return goesOn && removed === groupsAtOnce;
    });
  }

  private listed(users: readonly CognitoUser[], { trustUnverifiedEmail }: Reading): readonly ListedPerson[] {
    return users.map((user) => listedPerson(user, trustUnverifiedEmail));
  }

  private write(sync: Sync, reading: Reading, work: Write): Promise<boolean> {
    return this.commit(reading, async (manager) => {
      const [position, tally] = await work(manager);
      return this.syncs.advance(manager, sync, position, tally);
    });
  }

  /** Nobody else can have gone on with this provider meanwhile. */
  private commit<Result>({ lease }: Reading, work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    return this.dataSource.transaction(async (manager) => {
      await lease.fence(manager);
      return work(manager);
    });
  }
}

function place(phase: Sync['phase'], pageToken?: string, groupId?: string): Position {
  return { phase, pageToken, groupId };
}

function tallyOf({ created, changed, skipped }: TakenPeople): Tally {
  return { requests: 1, peopleCreated: created, peopleChanged: changed, peopleSkipped: skipped };
}
