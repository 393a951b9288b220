import { cpus } from 'node:os';
import { Measured } from '../login/processes.js';

/** Services, their store, Jira and whoever drives them: with fewer cores they take turns, whatever a lane does. */
const enough = 6;

/** So much of a core is one stranger: many small ones, as services and connections of PostgreSQL are. */
const ofOneCore = 0.15;

export const hasCoresForEverybody = cpus().length >= enough;

/** How many cores of the machine were busy while `work` ran, whoever kept them so. */
export async function coresBusyDuring<Result>(
  work: () => Promise<Result>,
): Promise<{ result: Result; coresBusy: number }> {
  const before = spent();
  const result = await work();
  const after = spent();
  const all = after.busy + after.idle - before.busy - before.idle;
  return { result, coresBusy: ((after.busy - before.busy) / all) * cpus().length };
}

/** Does the work beside processes that keep so many cores busy and have nothing to do with Gatehouse. */
export async function besideStrangers<Result>(coresBusy: number, work: () => Promise<Result>): Promise<Result> {
  const strangers = Math.max(1, Math.round(coresBusy / ofOneCore));
  const share = String(Math.max(0.01, coresBusy / strangers));
  const others = Array.from({ length: strangers }, (_, place) =>
    Measured.start(`stranger ${place}`, '../cycle/stranger.service.js', { SHARE: share }),
  );
  try {
    return await work();
  } finally {
    for (const other of others) await other.stop();
  }
}

function spent(): { busy: number; idle: number } {
  const times = cpus().map(({ times: { idle, ...busy } }) => ({
    idle,
    busy: Object.values(busy).reduce((sum, ms) => sum + ms, 0),
  }));
  return {
    busy: times.reduce((sum, one) => sum + one.busy, 0),
    idle: times.reduce((sum, one) => sum + one.idle, 0),
  };
}
