import { waitFor } from '../../../libs/testing/src/index.js';
import type { Subject } from './subject.js';

export interface Drain {
  readonly perSecond: number;
  readonly firstPerSecond: number;
  readonly lastPerSecond: number;
}

/** How fast one process works off a backlog whose handler does nothing. The tenths tell whether it stays that fast. */
export async function drain(subject: Subject, rows: number): Promise<Drain> {
  const alreadyEnded = subject.script.ended;
  const endedAt = async (share: number): Promise<number> => {
    await waitFor(() => subject.script.ended - alreadyEnded >= rows * share, {
      what: 'the backlog to drain',
      timeoutMs: 600_000,
    });
    return performance.now();
  };
  await subject.addBacklog(rows);
  const startedAt = performance.now();
  const tenthAt = await endedAt(0.1);
  const nineTenthsAt = await endedAt(0.9);
  const allAt = await endedAt(1);
  const perSecond = (share: number, ms: number) => (rows * share) / (ms / 1_000);
  return {
    perSecond: perSecond(1, allAt - startedAt),
    firstPerSecond: perSecond(0.1, tenthAt - startedAt),
    lastPerSecond: perSecond(0.1, allAt - nineTenthsAt),
  };
}
