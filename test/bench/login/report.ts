import { median, percentile, table } from '../statistics.js';

/** One contestant under one load, once. */
export interface Round {
  readonly name: string;
  readonly load: string;
  /** Shown either way; only some decide. */
  readonly isJudged: boolean;
  /** Of the contestant's process, per login. */
  readonly cpuMs: number;
  readonly wallMs: readonly number[];
}

/** Issue 3: the median ratio decides, and no round may miss by more than 15 %. */
const ratioMax = 1.5;
const worstMax = ratioMax * 1.15;

export function loginReport(rounds: readonly Round[]): { text: string; met: boolean } {
  const loads = [...new Set(rounds.map(({ load }) => load))];
  const names = [...new Set(rounds.map(({ name }) => name))];
  const of = (name: string, load: string) => rounds.filter((round) => round.name === name && round.load === load);
  const rows = loads.flatMap((load) =>
    names.map((name) => {
      const mine = of(name, load);
      const walls = mine.flatMap(({ wallMs }) => wallMs);
      const cpu = mine.map(({ cpuMs }) => cpuMs);
      return [
        `${load}: ${name}`,
        ...[median(cpu), Math.min(...cpu), Math.max(...cpu)].map(ms),
        ...[0.5, 0.95, 0.99].map((share) => ms(percentile(walls, share))),
      ];
    }),
  );
  const verdicts = loads.map((load) => {
    const glued = of('glued', load);
    const floor = of('floor', load);
    const ours = of('gatehouse', load);
    const ratios = ours.map(({ cpuMs }, round) => cpuMs / glued[round]!.cpuMs);
    const floors = ours.map(({ cpuMs }, round) => cpuMs / floor[round]!.cpuMs);
    const met = median(ratios) <= ratioMax && Math.max(...ratios) <= worstMax;
    const figures = `median ${median(ratios).toFixed(2)}, worst round ${Math.max(...ratios).toFixed(2)}`;
    const verdict = ours[0]?.isJudged
      ? ` (goal ${ratioMax}, worst ${worstMax.toFixed(2)}): ${met ? 'met' : 'MISSED'}`
      : ', for comparison only';
    const text = `${load}: CPU ${figures} x the glued libraries${verdict}; ${median(floors).toFixed(1)} x the floor`;
    return { met: met || !ours[0]?.isJudged, text };
  });
  const header = ['per login, ms', 'CPU median', 'best', 'worst', 'wall p50', 'p95', 'p99'];
  return {
    text: `${table(header, rows)}\n\n${verdicts.map(({ text }) => text).join('\n')}`,
    met: verdicts.every(({ met }) => met),
  };
}

const rareBelow = 0.2;
const boundaries = /^(begin|start transaction|commit|rollback)\b/i;
const ofTheOp = /gateway\.op_model/;
const dispatching = /messaging\.|bullmq/;

/** What a login sends to PostgreSQL, with what the process does on the side (relay, clock) told apart. */
export function statementReport(counted: Readonly<Record<string, number>>, logins: number): string {
  const rows = Object.entries(counted)
    .map(([text, count]) => ({ text, perLogin: count / logins }))
    .filter(({ perLogin }) => perLogin >= rareBelow)
    .sort((a, b) => b.perLogin - a.perLogin);
  const sum = (wanted: (text: string) => boolean) =>
    rows.filter(({ text }) => wanted(text)).reduce((total, { perLogin }) => total + perLogin, 0);
  const summary = [
    `statements on what the OP keeps: ${sum((text) => ofTheOp.test(text)).toFixed(2)}`,
    `all statements but begin and commit: ${sum((text) => !boundaries.test(text)).toFixed(2)}`,
    `of these for dispatching (outbox, queues): ${sum((text) => dispatching.test(text)).toFixed(2)}`,
    `begin and commit: ${sum((text) => boundaries.test(text)).toFixed(2)}`,
  ];
  const lines = rows.map(({ text, perLogin }) => [text.slice(0, 110), perLogin.toFixed(2)]);
  return `Store operations per login at c=1: ${summary.join('; ')}\n${table(['statement', 'per login'], lines)}`;
}

export function memoryReport(
  rows: readonly { name: string; rssBytes: number; pssBytes: number | undefined }[],
): string {
  const megabytes = (bytes: number | undefined) => (bytes === undefined ? '-' : (bytes / 1_048_576).toFixed(0));
  return table(
    ['memory, MB', 'RSS', 'PSS'],
    rows.map(({ name, rssBytes, pssBytes }) => [name, megabytes(rssBytes), megabytes(pssBytes)]),
  );
}

function ms(value: number): string {
  return value.toFixed(2);
}
