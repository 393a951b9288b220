import { median, percentile, table } from '../statistics.js';
import { large, small } from './loads.js';
import type { Figures } from './measure.js';

export interface Round extends Figures {
  readonly load: string;
  readonly concurrency: number;
}

/** Issue 6: how many times the peer's rate, at c=16. */
const goals: Readonly<Record<string, number>> = { create: 1, filter: 1.3, 'patch user': 2.5, [large]: 100 };
/** No round may miss a goal by more. */
const worstShare = 1.15;
const sizeRatioMax = 1.5;
export const mixedGoal = { perSecond: 250, p99Ms: 50 };
export const memoryMaxMb = 150;

export interface Verdict {
  readonly text: string;
  readonly isMet: boolean;
}

export function figuresTable(rounds: readonly Round[]): string {
  const kinds = [...new Set(rounds.map(({ load, concurrency, name }) => `${load}, c=${concurrency}: ${name}`))];
  const rows = kinds.map((kind) => {
    const mine = rounds.filter(({ load, concurrency, name }) => `${load}, c=${concurrency}: ${name}` === kind);
    const walls = mine.flatMap(({ wallMs }) => wallMs);
    return [
      kind,
      median(mine.map(({ perSecond }) => perSecond)).toFixed(0),
      median(mine.map(({ cpuMs }) => cpuMs)).toFixed(2),
      ...[0.5, 0.99].map((share) => percentile(walls, share).toFixed(2)),
    ];
  });
  return table(['request', 'a second', 'CPU ms', 'p50 ms', 'p99 ms'], rows);
}

export function verdicts(rounds: readonly Round[]): readonly Verdict[] {
  const rates = Object.entries(goals).map(([load, goal]) => rateVerdict(rounds, load, goal));
  return [...rates, sizeVerdict(rounds)];
}

function rateVerdict(rounds: readonly Round[], load: string, goal: number): Verdict {
  // A change of the large group takes turns with itself, so one at a time says what it costs.
  const concurrency = load === large ? 1 : 16;
  const of = (name: Figures['name']) =>
    rounds.filter((round) => round.load === load && round.concurrency === concurrency && round.name === name);
  const peer = of('peer');
  const ratios = of('gatehouse').map(({ perSecond }, round) => perSecond / peer[round]!.perSecond);
  const [middle, worst] = [median(ratios), Math.min(...ratios)];
  const isMet = middle >= goal && worst >= goal / worstShare;
  const figures = `median ${middle.toFixed(2)}, worst round ${worst.toFixed(2)}`;
  return { isMet, text: `${load}, c=${concurrency}: ${figures} x the peer's rate (goal ${goal})` };
}

/** Of one round both sizes, so that a machine whose speed drifts is the same for both. */
function sizeVerdict(rounds: readonly Round[]): Verdict {
  const of = (load: string) =>
    rounds
      .filter((round) => round.load === load && round.concurrency === 1 && round.name === 'gatehouse')
      .map(({ wallMs }) => median(wallMs));
  const smallMs = of(small);
  const ratios = of(large).map((largeMs, round) => largeMs / smallMs[round]!);
  const middle = median(ratios);
  return {
    isMet: middle <= sizeRatioMax,
    text: `${large}: ${middle.toFixed(2)} x the cost in a small one (goal ${sizeRatioMax})`,
  };
}

export function mixedVerdict({ wallMs, perSecond, cpuMs }: Figures): Verdict {
  const p99 = percentile(wallMs, 0.99);
  const figures = `p50 ${percentile(wallMs, 0.5).toFixed(1)}, p99 ${p99.toFixed(1)} ms, CPU ${cpuMs.toFixed(2)} ms`;
  return {
    isMet: p99 <= mixedGoal.p99Ms && perSecond >= mixedGoal.perSecond * 0.98,
    text: `${perSecond.toFixed(0)} mixed requests a second: ${figures} (goal p99 ${mixedGoal.p99Ms})`,
  };
}

export function memoryVerdict(bytes: number): Verdict {
  const megabytes = bytes / 1_048_576;
  return { isMet: megabytes <= memoryMaxMb, text: `memory: ${megabytes.toFixed(0)} MB at most (goal ${memoryMaxMb})` };
}
