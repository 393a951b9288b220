import { setImmediate as othersTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { PlanLine } from '@gatehouse/contracts';
import { RetryableError } from '@gatehouse/errors';
import { tallyPlan } from '@gatehouse/mapping';
import type { Comparison, PlanTally } from '@gatehouse/mapping';
import type { Tried } from '../config/config.applier.js';
import { ComparedPeople, stretchesOf } from './compared-people.service.js';
import type { Compared } from './compared-people.service.js';
import { beginsLine, personLine, totalsLine } from './plan-lines.js';
import { Plans } from './plans.store.js';
import { SeatsAsked } from './seats-asked.reader.js';

/** Each keeps a page of claims in memory and computes beside sign-ins. */
const atOnceMax = 2;
const busyRetryMs = 10_000;

export interface Planning {
  readonly tried: Tried;
  readonly actor: string;
  /** Nobody waits for it any more. */
  readonly signal: AbortSignal;
}

type Lines = AsyncGenerator<readonly PlanLine[], void, undefined>;

/** Everybody by the document that holds and by the edited one. A plan that does not come to its end leaves nothing. */
@Injectable()
export class PlanMaker {
  private underWay = 0;

  constructor(
    private readonly people: ComparedPeople,
    private readonly plans: Plans,
    private readonly seats: SeatsAsked,
  ) {}

  /** @throws RetryableError `plan.busy`, before the first line */
  async *make(planning: Planning): Lines {
    if (this.underWay >= atOnceMax) {
      const message = `${atOnceMax} plans are being made already.`;
      throw new RetryableError('plan.busy', message, { retryAfterMs: busyRetryMs });
    }
    this.underWay += 1;
    try {
      yield* this.lines(planning);
    } finally {
      this.underWay -= 1;
    }
  }

  private async *lines({ tried, actor, signal }: Planning): Lines {
    const { applied, saved, edited, print } = tried;
    const applications = await this.seats.applications();
    const tally = tallyPlan({ brake: edited.settings.brake, applications: applications ?? [] });
    const begun = await this.plans.begin();
    const begins = beginsLine(applied, begun);
    yield [begins];
    let done = 0;
    for await (const page of this.people.pages({ saved, edited })) {
      for (const stretch of stretchesOf(page)) {
        signal.throwIfAborted();
        yield linesOf(stretch, tally);
        done += stretch.length;
        await othersTurn();
      }
      yield [{ kind: 'progress', done, total: Math.max(done, begins.people) }];
    }
    const totals = totalsLine(tally.sums(), applications !== undefined);
    const { plan: id, baseVersion } = begins;
    const expiresAt = await this.plans.complete({ id, baseVersion, print, begun, totals, actor });
    yield [{ ...totals, expiresAt: expiresAt.toISOString() }];
  }
}

function linesOf(stretch: readonly (() => Compared)[], tally: PlanTally): PlanLine[] {
  return stretch.flatMap((compare) => {
    const compared = compare();
    tally.count(compared.comparison satisfies Comparison);
    return compared.comparison.isAffected ? [personLine(compared)] : [];
  });
}
