import { Injectable } from '@nestjs/common';
import { accessDesired, accessRevoked } from '@gatehouse/contracts';
import type { LiveConfig } from '@gatehouse/database';
import { RetryableError } from '@gatehouse/errors';
import { DesiredAccess, desiredAccess } from '@gatehouse/mapping';
import { isUrgent, Outbox, settlesNothing } from '@gatehouse/messaging';
import type { JobContext } from '@gatehouse/messaging';
import type { EntityManager } from 'typeorm';
import { AccountFactsStore } from './account-facts.store.js';
import type { AccountFacts } from './account-facts.store.js';
import type { Account } from './accounts.store.js';
import { DesiredAccessStore } from './desired-access.store.js';
import type { DecidedAccess } from './desired-access.store.js';

const newerConfigRetryMs = 1_000;

interface Cause {
  readonly traceId: string;
  readonly context: JobContext;
}

/** What an account should be by all that is known of it, and the event that says so. */
@Injectable()
export class AccountDecision {
  constructor(
    private readonly facts: AccountFactsStore,
    private readonly desired: DesiredAccessStore,
    private readonly outbox: Outbox,
  ) {}

  /** The account must be locked. */
  async publish(manager: EntityManager, account: Account, config: LiveConfig, cause: Cause): Promise<void> {
    const facts = await this.facts.of(manager, account.id);
    await this.desired.record(manager, this.decide(account, facts, config, cause));
  }

  /**
   * One commit, of facts that were read without a lock, and the end of the job.
   * @returns false, and nothing is done, when somebody else has decided about the account since
   */
  async conclude(account: Account, facts: AccountFacts, config: LiveConfig, cause: Cause): Promise<boolean> {
    const { settlement } = cause.context;
    if (!settlement) return false;
    const decided = this.decide(account, facts, config, cause);
    if (!(await this.desired.commit({ ...decided, settled: settlement.values }))) return false;
    settlement.done();
    return true;
  }

  private decide(account: Account, facts: AccountFacts, config: LiveConfig, cause: Cause): DecidedAccess {
    const last = lastOf(facts, config);
    const isInDirectory = facts.sources.some(({ directory }) => directory !== undefined);
    const content = desiredAccess({
      identities: facts.sources,
      nameFolded: account.nameFolded,
      config: config.document,
      last,
      words: facts.words(config.document),
      adoptionWord: isInDirectory ? facts.adoptionWord : undefined,
    });
    const by = last?.deactivated === undefined ? content?.deactivated?.by : undefined;
    // Whatever brought it to light, an offboarding waits behind nothing else. Who merely stays away is no offboarding.
    const context = by === undefined || by === 'inactivity' ? cause.context : inOffboarding(cause.context);
    const data = { accountId: account.id, traceId: cause.traceId };
    const ending = by === undefined && isLeftOpen(content ?? last, facts) ? inOffboarding(cause.context) : context;
    const isRevoked = by !== undefined || ending !== context;
    return {
      account,
      content,
      configVersion: config.version,
      desired: this.outbox.rowsOf(accessDesired, data, context),
      revoked: isRevoked ? this.outbox.rowsOf(accessRevoked, data, ending) : undefined,
      // A remap sends on everybody, and most are as they should be: whether Jira still is as well, the drift sweep asks.
      onlyIfOutOfStep: context.lane === 'bulk',
      // Of the others the relays are told a moment later, of many at once.
      toldLater: isRevoked || isUrgent(context.lane) ? undefined : this.outbox.queuesOf(accessDesired, context),
      settled: settlesNothing,
    };
  }
}

/** What directories say may have changed to and fro since it was decided last: no news, and a session of in between. */
function isLeftOpen(access: DesiredAccess | undefined, { hasOpenSession }: AccountFacts): boolean {
  const by = access?.deactivated?.by;
  return by !== undefined && by !== 'inactivity' && hasOpenSession;
}

/** @throws RetryableError when another replica already decided with a newer configuration; this process reads it within seconds */
function lastOf({ last }: AccountFacts, { version }: LiveConfig): DesiredAccess | undefined {
  if (!last) return undefined;
  if (last.configVersion <= version) return DesiredAccess.parse(last.content);
  throw new RetryableError('config.stale', 'A newer configuration has already been used for this account', {
    retryAfterMs: newerConfigRetryMs,
  });
}

function inOffboarding({ job, attempt, traceId, coveredTraceIds, settle }: JobContext): JobContext {
  return { job, lane: 'offboarding', attempt, traceId, coveredTraceIds, settle };
}
