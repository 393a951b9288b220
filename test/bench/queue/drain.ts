import { waitFor } from '../../../libs/testing/src/index.js';
import type { Subject } from './subject.js';

export interface Drain {
  readonly perSecond: number;
  readonly firstPerSecond: number;
  readonly lastPerSecond: number;
}

/** How fast one process works off a backlog whose handler does nothing. The tenths tell whether it stays that fast. */
export async function drain(subject: Subject, rows: number): Promise<Drain> {
  const alreadySettled = await subject.count('settled');
  const settledAt = async (share: number): Promise<number> => {
    await waitFor(async () => (await subject.count('settled')) - alreadySettled >= rows * share, {
      what: 'the backlog to drain',
      timeoutMs: 600_000,
    });
    return performance.now();
  };
  await subject.addBacklog(rows);
  const startedAt = performance.now();
  const tenthAt = await settledAt(0.1);
  const nineTenthsAt = await settledAt(0.9);
  const endedAt = await settledAt(1);
  const perSecond = (share: number, ms: number) => (rows * share) / (ms / 1_000);
  return {
    perSecond: perSecond(1, endedAt - startedAt),
    firstPerSecond: perSecond(0.1, tenthAt - startedAt),
    lastPerSecond: perSecond(0.1, endedAt - nineTenthsAt),
  };
}
