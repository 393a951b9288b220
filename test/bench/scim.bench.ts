/**
 * `npm run bench scim`: what a SCIM request costs, durable on PostgreSQL beside many people, compared with scimmy-routers
 * in memory. docs/benchmarks.md says how to read it. `-- --smoke` runs all of it once, briefly, and judges no times;
 * `-- --only create,filter` leaves the other loads out.
 */
import { parseArgs } from 'node:util';
import { cpus } from 'node:os';
import { MemoryWatch } from './cycle/memory.js';
import { ScimClient } from './scim/client.js';
import { ScimInstallation } from './scim/installation.js';
import { loadsOf, mixed } from './scim/loads.js';
import type { Load } from './scim/loads.js';
import { measure, measureRate } from './scim/measure.js';
import type { Contestant, Figures } from './scim/measure.js';
import { figuresTable, memoryVerdict, mixedGoal, mixedVerdict, verdicts } from './scim/report.js';
import type { Round } from './scim/report.js';
import { Measured } from './login/processes.js';

const { smoke: isSmoke, only } = parseArgs({
  options: { smoke: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
}).values;
const sizes = isSmoke
  ? { people: 2_000, smallGroups: 50, largeMembers: 500 }
  : { people: 100_000, smallGroups: 500, largeMembers: 10_000 };
const rounds = isSmoke ? 1 : Number(process.env['BENCH_ROUNDS'] || 5);
const loads = loadsOf(isSmoke ? 0.02 : 1).filter(({ name }) => only === '' || only.split(',').includes(name));
const warmUpPasses = isSmoke ? 0 : 3;
const mixedSeconds = isSmoke ? 1 : 10;
const connections = 16;

const peer = Measured.start('peer', '../scim/peer.service.js', {
  BENCH_PEOPLE: String(sizes.people),
  BENCH_SMALL_GROUPS: String(sizes.smallGroups),
  BENCH_LARGE_GROUP: String(sizes.largeMembers),
});
// Nothing is left behind when it does not come up: PostgreSQL is started after it.
const peerTarget = {
  origin: `http://127.0.0.1:${await peer.listening()}`,
  base: '/scim',
  userIds: Array.from({ length: sizes.people }, (_, index) => `user-${index + 1}`),
  largeGroup: 'large',
  largeMembers: sizes.largeMembers,
  smallGroups: Array.from({ length: sizes.smallGroups }, (_, index) => `small-${index}`),
};
const installation = await ScimInstallation.start(sizes);
const ours: Contestant = {
  name: 'gatehouse',
  process: installation.service,
  client: new ScimClient(installation.target, connections),
};
const contestants: readonly Contestant[] = [
  ours,
  { name: 'peer', process: peer, client: new ScimClient(peerTarget, connections) },
];
/** Numbers of requests go on through all rounds: of each nothing is left to do for the next one of the same number. */
const numbers = new Map<string, number>();

try {
  process.exitCode = (await compare()) || isSmoke ? 0 : 1;
} finally {
  for (const { client } of contestants) await client.close();
  await peer.stop();
  await installation.stop();
}

async function compare(): Promise<boolean> {
  const { people, largeMembers } = sizes;
  say(`${people} people, ${largeMembers} in the large group, ${rounds} rounds`);
  say(`${cpus().length} cores (${cpus()[0]?.model}), Node ${process.versions.node}\n`);
  const memory = new MemoryWatch(new Map([[ours.name, installation.service]]));
  const [{ measured, underLoad }] = await Promise.all([sendAll().finally(() => memory.stop()), memory.run()]);
  say(`${figuresTable(measured)}\n`);
  const judged = [mixedVerdict(underLoad), memoryVerdict(memory.most.get(ours.name)!)];
  const all = [...(only === '' ? verdicts(measured) : []), ...judged];
  for (const { text, isMet } of all) say(isSmoke ? text : `${text}: ${isMet ? 'met' : 'MISSED'}`);
  say(`\n${await statements()}`);
  return all.every(({ isMet }) => isMet);
}

/** Each load by itself, and at last a mixture of them at a rate. */
async function sendAll(): Promise<{ measured: Round[]; underLoad: Figures }> {
  for (let pass = 0; pass < warmUpPasses; pass += 1) await round(0, loads.filter(isShort));
  const measured: Round[] = [];
  for (let number = 0; number < rounds; number += 1) measured.push(...(await round(number, loads)));
  const send = (client: ScimClient, number: number) => mixed(client, number);
  const underLoad = await measureRate(ours, { ...mixedGoal, seconds: mixedSeconds, first: 1_000_000, send });
  return { measured, underLoad };
}

/** What takes the peer seconds is not warmer for having been done before. */
function isShort({ requests, peerRequests }: Load): boolean {
  return peerRequests === requests;
}

async function round(number: number, sent: readonly Load[]): Promise<Round[]> {
  const done: Round[] = [];
  for (const load of sent) {
    for (const place of contestants.keys()) {
      const contestant = contestants[(number + place) % contestants.length]!;
      const requests = contestant === ours ? load.requests : load.peerRequests;
      const key = `${load.name} ${contestant.name}`;
      const first = numbers.get(key) ?? 0;
      numbers.set(key, first + requests);
      const figures = await measure(contestant, { ...load, requests, first });
      done.push({ ...figures, load: load.name, concurrency: load.concurrency });
    }
  }
  return done;
}

/** Of one request of each kind. */
async function statements(): Promise<string> {
  const lines: string[] = [];
  for (const load of loads.filter(({ concurrency }) => concurrency === 1)) {
    const first = numbers.get(`${load.name} gatehouse`) ?? 0;
    const counted = await installation.service.statementsDuring(() => load.send(ours.client, first));
    const own = Object.entries(counted).filter(([text]) => text.includes('directory.')); // No clocks and no relays.
    lines.push(`statements, ${load.name}: ${own.reduce((sum, [, count]) => sum + count, 0)}`);
  }
  return lines.join('\n');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
