import { setTimeout as delay } from 'node:timers/promises';
import { median, table } from '../statistics.js';
import { logIn } from './driver.js';
import type { SplitInstallation } from './installation.js';

const few = 5;
const many = 2_000;
/** L10, "Done when" 4 of issue 5. */
const ratioMax = 1.3;
const warmUps = 40;
const perTurn = 25;
const everyMs = 40;

interface Turn {
  readonly cpuMs: number;
  readonly wallMs: readonly number[];
  readonly callbackMs: readonly number[];
}

/** L10 P20 Somebody in 2,000 groups beside somebody in five, in turns, so that the machine is the same for both. */
export async function manyGroups(
  installation: SplitInstallation,
  idpOrigin: string,
  rounds: number,
): Promise<{ text: string; met: boolean }> {
  for (const groups of [few, many]) await turn(installation, idpOrigin, groups, warmUps);
  const turns: { few: Turn; many: Turn }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = round % 2 === 0 ? few : many;
    const one = await turn(installation, idpOrigin, first, perTurn);
    const other = await turn(installation, idpOrigin, first === few ? many : few, perTurn);
    turns.push(first === few ? { few: one, many: other } : { few: other, many: one });
  }
  const figures = [
    { name: 'CPU of the gateway per login', of: ({ cpuMs }: Turn) => cpuMs },
    { name: 'login, wall', of: ({ wallMs }: Turn) => median(wallMs) },
    { name: 'callback to redirect, wall', of: ({ callbackMs }: Turn) => median(callbackMs) },
  ].map(({ name, of }) => ({
    name,
    few: median(turns.map((round) => of(round.few))),
    many: median(turns.map((round) => of(round.many))),
    ratio: median(turns.map((round) => of(round.many) / of(round.few))),
  }));
  const rows = figures.map((one) => [one.name, one.few.toFixed(2), one.many.toFixed(2), one.ratio.toFixed(2)]);
  const judged = figures.slice(0, 2);
  const met = judged.every(({ ratio }) => ratio <= ratioMax);
  const verdict = `L10 ${many} groups: ${judged.map(({ ratio }) => ratio.toFixed(2)).join(' and ')} x ${few} groups (goal ${ratioMax}): ${met ? 'met' : 'MISSED'}`;
  return { text: `${table(['ms, median', `${few} groups`, `${many} groups`, 'ratio'], rows)}\n${verdict}`, met };
}

async function turn(installation: SplitInstallation, idpOrigin: string, groups: number, logins: number): Promise<Turn> {
  const { broker, gateway } = installation;
  const before = await gateway.usage();
  const wallMs: number[] = [];
  const callbackMs: number[] = [];
  for (let login = 0; login < logins; login += 1) {
    const nextAt = performance.now() + everyMs;
    const done = await logIn(broker, idpOrigin, `person-${login % 10}-in-${groups}`);
    wallMs.push(done.wallMs);
    callbackMs.push(done.callbackMs);
    await delay(Math.max(0, nextAt - performance.now()));
  }
  const { cpuMs } = await gateway.usage();
  await installation.quiet();
  return { cpuMs: (cpuMs - before.cpuMs) / logins, wallMs, callbackMs };
}
