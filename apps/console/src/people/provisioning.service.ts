import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { accountProvisionDue, directoryUserProvisionDue, identityProvisionDue } from '@gatehouse/contracts';
import type { Provisioned } from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import { provisioningSteps } from '@gatehouse/mapping';
import { Outbox, Traces } from '@gatehouse/messaging';
import { newTraceId } from '@gatehouse/telemetry';
import type { EntityManager } from 'typeorm';
import { explainIdentity } from '../explain/explain-identity.js';
import { JiraMemberships } from '../explain/jira-membership.reader.js';
import { MembershipFacts } from '../explain/membership-facts.reader.js';
import type { PendingJob } from '../explain/membership-facts.reader.js';
import { People } from '../explain/people.reader.js';
import type { KnownPerson } from '../explain/people.reader.js';
import { RunsSince } from './runs-since.reader.js';

/** Somebody waits for the page, and a proxy before us has limits of its own. */
const withinMs = 5_000;
const lookEveryMs = 50;
const shownMax = 200;

export interface Order {
  readonly person: KnownPerson;
  readonly traceId: string;
  readonly since: Date;
}

/** One person through the whole chain, now, and told as its steps (U20). */
@Injectable()
export class Provisioning {
  constructor(
    private readonly people: People,
    private readonly facts: MembershipFacts,
    private readonly runs: RunsSince,
    private readonly jira: JiraMemberships,
    private readonly liveConfig: LiveConfigReader,
    private readonly traces: Traces,
    private readonly outbox: Outbox,
  ) {}

  /** In the caller's transaction: every identity is mapped again, and what was seen of the account in Jira does not count. */
  async order(manager: EntityManager, person: KnownPerson): Promise<Order> {
    const traceId = newTraceId();
    const [row] = await manager.query<[{ since: Date }]>('select clock_timestamp() as since');
    const { accountId, identities, directoryUsers } = person;
    const due = identities.map(({ identityId }) => ({ identityId, traceId }));
    const fromDirectory = directoryUsers.map(({ identityId: directoryUserId }) => ({ directoryUserId, traceId }));
    await this.outbox.publishAll(manager, identityProvisionDue, due);
    await this.outbox.publishAll(manager, directoryUserProvisionDue, fromDirectory);
    if (accountId !== undefined) await this.outbox.publish(manager, accountProvisionDue, { accountId, traceId });
    return { person, traceId, since: row.since };
  }

  /** Where it stands once nothing of it is on its way, or when the time of one answer is over. */
  async follow({ person, traceId, since }: Order): Promise<Provisioned> {
    const finished = await this.isOver(traceId);
    const known = person.accountId ?? person.sources[0]?.identityId;
    const now = known === undefined ? person : await this.people.find(known);
    const { document } = await this.liveConfig.newest();
    const sources = [...now.identities, ...now.directoryUsers];
    const sourceIds = sources.map(({ identityId }) => identityId);
    const [account, run, pending, breaker] = await Promise.all([
      now.accountId === undefined ? undefined : this.facts.jiraAccount(now.accountId),
      now.accountId === undefined ? undefined : this.runs.of(now.accountId, since),
      this.facts.pending(now.accountId, sourceIds),
      this.jira.breaker(),
    ]);
    const identities = sources.map((one) => explainIdentity(one, '', document).evidence);
    const steps = provisioningSteps({
      ...{ identities, account, breaker, pending: pending.map(waiting) },
      run: run && { ...run, changes: run.changes.length, held: run.held.length },
    });
    return {
      ...{ account: now.accountId ?? null, username: account?.username ?? null, traceId, finished, steps },
      changes: (run?.changes ?? []).slice(0, shownMax),
    };
  }

  private async isOver(traceId: string): Promise<boolean> {
    const deadline = Date.now() + withinMs;
    while (Date.now() < deadline) {
      if ((await this.traces.stateOf(traceId)) !== 'pending') return true;
      await delay(lookEveryMs);
    }
    return false;
  }
}

function waiting({ job, queue, pausedBy, pauseReason }: PendingJob) {
  return { job, queue, paused: pausedBy === null ? null : (pauseReason ?? '') };
}
