import { setTimeout as delay } from 'node:timers/promises';
import type { Measured } from '../login/processes.js';
import type { ScimClient } from './client.js';

export interface Contestant {
  readonly name: 'gatehouse' | 'peer';
  readonly process: Measured;
  readonly client: ScimClient;
}

export interface Figures {
  readonly name: Contestant['name'];
  readonly perSecond: number;
  /** Of the contestant's process, for one request. */
  readonly cpuMs: number;
  readonly wallMs: readonly number[];
}

type Send = (client: ScimClient, number: number) => Promise<void>;

/** As fast as it answers, `concurrency` at once. `first` continues the numbers, so that no request is sent twice. */
export async function measure(
  { name, process: subject, client }: Contestant,
  { concurrency, requests, first, send }: { concurrency: number; requests: number; first: number; send: Send },
): Promise<Figures> {
  const wallMs: number[] = [];
  let next = 0;
  const worker = async () => {
    while (next < requests) {
      const number = first + next;
      next += 1;
      const startedAt = performance.now();
      await send(client, number);
      wallMs.push(performance.now() - startedAt);
    }
  };
  const before = await subject.usage();
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: concurrency }, worker));
  const seconds = (performance.now() - startedAt) / 1_000;
  const { cpuMs } = await subject.usage();
  return { name, perSecond: requests / seconds, cpuMs: (cpuMs - before.cpuMs) / requests, wallMs };
}

/** At a rate, whether the last one has been answered or not: who waits in a queue waits in the figure too. */
export async function measureRate(
  { name, process: subject, client }: Contestant,
  { perSecond, seconds, first, send }: { perSecond: number; seconds: number; first: number; send: Send },
): Promise<Figures> {
  const wallMs: number[] = [];
  const requests = perSecond * seconds;
  const before = await subject.usage();
  const startedAt = performance.now();
  const underWay: Promise<void>[] = [];
  for (let number = 0; number < requests; number += 1) {
    const dueAt = startedAt + (number * 1_000) / perSecond;
    const early = dueAt - performance.now();
    if (early > 1) await delay(early);
    underWay.push(send(client, first + number).then(() => void wallMs.push(performance.now() - dueAt)));
  }
  await Promise.all(underWay);
  const { cpuMs } = await subject.usage();
  const lasted = (performance.now() - startedAt) / 1_000;
  return { name, perSecond: requests / lasted, cpuMs: (cpuMs - before.cpuMs) / requests, wallMs };
}
