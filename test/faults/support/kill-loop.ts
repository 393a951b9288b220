import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceProcess } from './service-process.js';

interface KillLoopOptions {
  readonly random: () => number;
  /** From ready again to the next kill. */
  readonly pauseMs: { readonly min: number; readonly max: number };
  /** Even when the load is over sooner. */
  readonly killsMin: number;
  /** Then the load may end in peace. */
  readonly killsMax: number;
  /** Grows with what is achieved: a kill before anything was achieved since the last proves only that nothing works then. */
  readonly progress: () => number;
}

const progressWithinMs = 5_000;
const pollMs = 20;

/** SIGKILL of one of the victims, a start, a pause, and again, as long as the load lasts. @returns the number of kills */
export async function killWhile(
  load: Promise<unknown>,
  victims: readonly ServiceProcess[],
  { random, pauseMs, killsMin, killsMax, progress }: KillLoopOptions,
): Promise<number> {
  let over = false;
  const ends = load.finally(() => (over = true)).catch(() => undefined); // Whoever awaits the load gets its error.
  let kills = 0;
  while (kills < (isOver() ? killsMin : killsMax)) {
    const achieved = progress();
    await delay(pauseMs.min + random() * (pauseMs.max - pauseMs.min));
    for (let left = progressWithinMs; left > 0 && !isOver() && progress() <= achieved; left -= pollMs)
      await delay(pollMs);
    if (isOver() && kills >= killsMin) break;
    await victims[Math.floor(random() * victims.length)]!.restart();
    kills += 1;
  }
  await ends;
  return kills;

  function isOver(): boolean {
    return over;
  }
}
