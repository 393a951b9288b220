/**
 * `npm run bench login`: what a complete login through the broker costs, beside the same two libraries glued by hand
 * and beside a floor without libraries. docs/benchmarks.md says what is compared and how to read it.
 */
import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, scaled } from '@gatehouse/testing';
import { Cores } from './cores.js';
import { assertSigned, logIn } from './login/driver.js';
import type { Broker, Login } from './login/driver.js';
import { SplitInstallation } from './login/installation.js';
import { manyGroups } from './login/many-groups.js';
import { Measured } from './login/processes.js';
import { loginReport, memoryReport, statementReport } from './login/report.js';
import type { Round } from './login/report.js';

interface Contestant {
  readonly process: Measured;
  readonly broker: Broker;
}

interface Part {
  readonly contestant: Contestant;
  /** Of all its logins. */
  readonly cpuMs: number;
  readonly wallMs: readonly number[];
}

const people = Array.from({ length: 48 }, (_, index) => `person-${index}`);
interface Load {
  readonly name: string;
  readonly concurrency: number;
  /** From the start of a login to the start of the next one in its turn; 0: at once. */
  readonly everyMs: number;
  readonly logins: number;
  readonly isJudged: boolean;
}

/** Some 1,500 logins: the code of the last of them is compiled as that of the next million. */
const warmUpPasses = 30;
const rounds = Number(process.env['BENCH_ROUNDS'] || 5);
/** A round is what its turns make together: a machine whose speed drifts by the second is the same for everybody. */
const turns = 4;
/**
 * One at a time is asked at the same rate of everybody: back to back, the faster a process answers the less its core
 * sleeps, and the warmer are the caches it is measured with.
 */
const loads: readonly Load[] = [
  { name: 'c=1, every 40 ms', concurrency: 1, everyMs: 40, logins: 100, isJudged: true },
  { name: 'c=1, back to back', concurrency: 1, everyMs: 0, logins: 128, isJudged: false },
  { name: 'c=16', concurrency: 16, everyMs: 0, logins: 320, isJudged: true },
];
const storedSessions = scaled(10_000, 1_000);

const cores = Cores.divide();
const idp = Measured.start('identity provider', './stand-in.idp.js', {});
const idpOrigin = `http://127.0.0.1:${await idp.listening()}`;
const installation = await SplitInstallation.start(idpOrigin);
const contestants: readonly Contestant[] = [
  { process: installation.gateway, broker: installation.broker },
  await startBroker('glued'),
  await startBroker('floor'),
];

for (const { process: measured } of contestants) cores?.reserveFor(measured.pid);

try {
  process.exitCode = (await compare()) ? 0 : 1;
} finally {
  for (const contestant of contestants.slice(1)) await contestant.process.stop();
  await installation.stop();
  await idp.stop();
}

async function compare(): Promise<boolean> {
  say(`${rounds} rounds, ${cpus().length} cores (${cpus()[0]?.model}), Node ${process.versions.node}`);
  say(
    cores
      ? 'The measured process has a core of its own.\n'
      : 'WITHOUT a core of its own (taskset, two cores): figures vary.\n',
  );
  if (process.argv.includes('--groups')) return await groupsOnly();
  for (const contestant of contestants) await warmUp(contestant);
  await installation.addSessions(storedSessions);
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const load of loads) {
      measured.push(...(await inTurns(load, round)));
    }
  }
  const report = loginReport(measured);
  say(`${report.text}\n`);
  say(`${await statements()}\n`);
  say(`With ${storedSessions} more sessions in the table:\n${await memory()}`);
  const groups = await manyGroups(installation, idpOrigin, rounds * 2);
  say(`\n${groups.text}`);
  return report.met && groups.met;
}

/** `npm run bench login -- --groups`: only what the number of groups costs. */
async function groupsOnly(): Promise<boolean> {
  await warmUp(contestants[0]!);
  const { text, met } = await manyGroups(installation, idpOrigin, rounds * 2);
  say(text);
  return met;
}

/** Everybody is known afterwards, code is compiled, connections are open. */
async function warmUp({ broker, process: { name } }: Contestant): Promise<void> {
  const logins = await logInAll(broker, people.length, 4);
  for (let pass = 0; pass < warmUpPasses; pass += 1) logins.push(...(await logInAll(broker, people.length, 16)));
  await assertSigned(broker, logins[0]!.idToken);
  const requests = new Set(logins.slice(people.length).map((login) => login.requests));
  if (requests.size !== 1) throw new Error(`${name}: the logins took differently many requests`);
  await installation.quiet();
}

async function inTurns(load: Load, round: number): Promise<Round[]> {
  const parts: Part[] = [];
  for (let turn = 0; turn < turns * contestants.length; turn += 1) {
    const contestant = contestants[(round + turn) % contestants.length]!;
    parts.push(await measure(contestant, load));
  }
  return contestants.map((contestant) => {
    const own = parts.filter((part) => part.contestant === contestant);
    return {
      name: contestant.broker.name,
      load: load.name,
      isJudged: load.isJudged,
      cpuMs: own.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / load.logins,
      wallMs: own.flatMap(({ wallMs }) => wallMs),
    };
  });
}

/** One turn of one contestant. */
async function measure(contestant: Contestant, load: Load): Promise<Part> {
  const { broker, process: subject } = contestant;
  const before = await subject.usage();
  const done = await logInAll(broker, load.logins / turns, load.concurrency, load.everyMs);
  const { cpuMs } = await subject.usage();
  await installation.quiet();
  return { contestant, cpuMs: cpuMs - before.cpuMs, wallMs: done.map(({ wallMs }) => wallMs) };
}

async function logInAll(broker: Broker, count: number, concurrency: number, everyMs = 0): Promise<Login[]> {
  const done: Login[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const person = people[next % people.length]!;
      next += 1;
      const nextAt = performance.now() + everyMs;
      done.push(await logIn(broker, idpOrigin, person));
      if (everyMs > 0) await delay(Math.max(0, nextAt - performance.now()));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return done;
}

async function statements(): Promise<string> {
  const logins = 100;
  const counted = await installation.gateway.statementsDuring(() => logInAll(installation.broker, logins, 1));
  await installation.quiet();
  return statementReport(counted, logins);
}

async function memory(): Promise<string> {
  const rows = contestants.map(async ({ process: subject, broker: { name } }) => ({
    name,
    rssBytes: (await subject.usage()).rssBytes,
    pssBytes: subject.pssBytes(),
  }));
  return memoryReport(await Promise.all(rows));
}

async function startBroker(name: 'glued' | 'floor'): Promise<Contestant> {
  const port = await freePort();
  const secret = 'jira-secret-0123456789-0123456789-0123456789';
  const subject = Measured.start(name, `./${name}.broker.js`, {
    BENCH_PORT: String(port),
    BENCH_ISSUER: idpOrigin,
    BENCH_JIRA_SECRET: secret,
  });
  await subject.listening();
  const origin = `http://localhost:${port}`;
  const urls = { authorizationUrl: `${origin}/auth`, tokenUrl: `${origin}/token`, jwksUrl: `${origin}/jwks` };
  return { process: subject, broker: { name, secret, ...urls } };
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
