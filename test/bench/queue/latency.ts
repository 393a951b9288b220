import { setTimeout as delay } from 'node:timers/promises';
import type { BareBullMq } from '../../../libs/messaging/test/bare-bullmq.js';
import { percentiles } from './figures.js';
import type { Percentiles } from './figures.js';
import type { Subject } from './subject.js';

/** Long enough for the machine to be idle again, short enough for many trials. */
const restMs = 15;
const warmUps = 30;

export interface Latency {
  readonly ours: Percentiles;
  readonly floor: Percentiles;
}

/** Ours and the floor of each store take turns, so that whatever the machine does meets all of them alike. */
export async function idleLatency(
  pairs: readonly { readonly subject: Subject; readonly floor: BareBullMq }[],
  trials: number,
): Promise<readonly Latency[]> {
  const results = pairs.map(() => ({ ours: [] as number[], floor: [] as number[] }));
  for (let trial = -warmUps; trial < trials; trial += 1) {
    for (const [index, { subject, floor }] of pairs.entries()) {
      const ours = await subject.commitToStart();
      await delay(restMs);
      const bare = await floor.addToStart();
      await delay(restMs);
      if (trial < 0) continue;
      results[index]!.ours.push(ours);
      results[index]!.floor.push(bare);
    }
  }
  return results.map(({ ours, floor }) => ({ ours: percentiles(ours), floor: percentiles(floor) }));
}

export async function latency(subject: Subject, trials: number): Promise<Percentiles> {
  const values: number[] = [];
  for (let trial = 0; trial < trials; trial += 1) {
    values.push(await subject.commitToStart());
    await delay(restMs);
  }
  return percentiles(values);
}
