/**
 * The floor of a run's time: the same calls to the same Jira, each as soon as the answer it needs is there, and nothing
 * else. No queue, no database, no lease, no look at what was done before.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { required, tellPort } from '../login/shape.js';
import { median } from '../statistics.js';
import type { BareOrder, BarePerson } from './bare.js';
import { restMs } from './setting.js';

const jira = `${required('JIRA_URL')}/rest/api/2`;
const dispatcher = new Agent();
const headers = { accept: 'application/json', authorization: `Bearer ${required('JIRA_TOKEN')}` };
const writing = { ...headers, 'content-type': 'application/json', 'x-atlassian-token': 'no-check' };

process.on('message', (order: Partial<BareOrder>) => {
  if (order.people) void (order.atOnce ? together(order.people, order.atOnce) : oneByOne(order.people)).then(tellPort);
});
// The look at what is used lets a process end that waits for nothing else.
process.channel?.ref();
tellPort(1);

/** @returns the median, in milliseconds */
async function oneByOne(people: readonly BarePerson[]): Promise<number> {
  const times: number[] = [];
  for (const person of people) {
    await delay(restMs);
    const startedAt = performance.now();
    const name = await found(person);
    await Promise.all(changesOf(name, person).map((change) => change()));
    times.push(performance.now() - startedAt);
  }
  return median(times);
}

/** @returns milliseconds from the first call to the last answer; so many calls are under way */
async function together(people: readonly BarePerson[], atOnce: number): Promise<number> {
  const waiting = people.values();
  const startedAt = performance.now();
  const worker = async () => {
    for (const person of waiting) {
      const name = await found(person);
      for (const change of changesOf(name, person)) await change();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return performance.now() - startedAt;
}

async function found({ name, key }: BarePerson): Promise<string> {
  if (key !== '') return ((await call('GET', `/user?key=${key}&expand=groups`)) as { name: string }).name;
  await call('GET', `/user?username=${name}&expand=groups`, undefined, 404);
  const fields = { name, emailAddress: `${name}@example.com`, displayName: name };
  return ((await call('POST', '/user', fields)) as { name: string }).name;
}

function changesOf(name: string, { comes, leaves }: BarePerson): (() => Promise<unknown>)[] {
  return [
    ...comes.map((group) => () => call('POST', `/group/user?groupname=${group}`, { name })),
    ...leaves.map((group) => () => call('DELETE', `/group/user?groupname=${group}&username=${name}`)),
  ];
}

async function call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object, expected = 0): Promise<unknown> {
  const answer = await request(`${jira}${path}`, {
    method,
    dispatcher,
    headers: method === 'GET' ? headers : writing,
    body: body === undefined ? null : JSON.stringify(body),
  });
  const { statusCode } = answer;
  const text = await answer.body.text();
  if (expected === 0 ? statusCode >= 300 : statusCode !== expected)
    throw new Error(`Jira answered ${statusCode} to ${method} ${path}`);
  return text === '' ? undefined : JSON.parse(text);
}
