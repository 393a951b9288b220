/**
 * `npm run bench backlog`: what people who sign in for the first time, and so wait for their account, notice of 100,000
 * rows that wait in the bulk lane. docs/benchmarks.md says how to read it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { scaled } from '@gatehouse/testing';
import { addBacklog, backlogReport, dropBacklog } from './login/backlog.js';
import { SplitInstallation } from './login/installation.js';
import { Newcomers } from './login/newcomers.js';
import { Measured } from './login/processes.js';

const turns = 3;
const people = scaled(400, 200);
/** After a pause of the load, on both sides: not counted. */
const warmUps = 10;
/** For the checkpoint that so many new rows cause: it is the benchmark's own doing. */
const afterInsertMs = 5_000;

const idp = Measured.start('identity provider', './stand-in.idp.js', {});
const idpOrigin = `http://127.0.0.1:${await idp.listening()}`;
const installation = await SplitInstallation.start(idpOrigin);
const newcomers = new Newcomers(installation.broker, idpOrigin);

try {
  await firstLogins(300); // Everything is compiled and connected.
  const [idleMs, besideMs]: [number[], number[]] = [[], []];
  let leastLeft = Number.POSITIVE_INFINITY;
  // In turns, so that whatever the machine does meets both alike.
  for (let turn = 0; turn < turns; turn += 1) {
    await installation.quiet();
    idleMs.push(...(await firstLogins(people)));
    await addBacklog(installation.dataSource);
    await delay(afterInsertMs);
    besideMs.push(...(await firstLogins(people)));
    leastLeft = Math.min(leastLeft, await dropBacklog(installation.dataSource));
  }
  const { text, met } = backlogReport(idleMs, besideMs, leastLeft);
  process.stdout.write(`${text}\n`);
  process.exitCode = met ? 0 : 1;
} finally {
  await installation.stop();
  await idp.stop();
}

async function firstLogins(count: number): Promise<number[]> {
  const wallMs: number[] = [];
  for (let login = -warmUps; login < count; login += 1) {
    const tookMs = await newcomers.next();
    if (login >= 0) wallMs.push(tookMs);
  }
  return wallMs;
}
