import type { LastCalls, Step } from './facts.js';
import { Product } from './product.js';
import type { Delivery } from './product.js';
import type { Wire } from './wire.js';
import { Worker } from './worker.js';
import { laneOf } from './world.js';
import type { World } from './world.js';
import { RetryLater } from '../../../libs/messaging/src/retry-later.js';
import { jiraToken } from '../support/secrets.js';

/** A store may deliver the same job to several workers at once. */
const workersMax = 3;

interface Running {
  readonly worker: Worker;
  readonly ended: Promise<void>;
  /** Of the lease that it holds if its job needs one. */
  readonly leaseKey: string;
}

/** The workers: who has which job in hand, who goes on, who is killed, who stands frozen. */
export class Crew {
  /** Calls that were under way when their worker was killed or frozen. */
  cutShort = 0;
  private readonly products: readonly Product[];
  private readonly attempts = new Map<string, number>();
  private readonly delivered: Delivery[] = [];
  private running: Running[] = [];
  private late: (() => Promise<unknown>)[] = [];
  private defect: Error | undefined;

  constructor(
    private readonly world: World,
    wire: Wire,
  ) {
    const jira = { url: new URL(world.jira.url), token: jiraToken };
    this.products = [new Product(world.dataSource, jira, wire), new Product(world.dataSource, jira, wire)];
  }

  async deliver({ pick, again, diesAt }: Extract<Step, { kind: 'deliver' }>): Promise<void> {
    if (this.running.length >= workersMax) return;
    const from = again ? this.delivered : await this.world.due();
    const delivery = from[Math.floor(pick * from.length)];
    if (delivery) await this.start(delivery, diesAt).worker.settle();
    this.clear();
  }

  async advance({ picks, fault }: Extract<Step, { kind: 'advance' }>): Promise<void> {
    for (const [index, pick] of picks.entries()) {
      const one = this.chosen(pick);
      if (!one) return;
      one.worker.open((pick * 7_919) % 1, index === picks.length - 1 ? fault : undefined);
      await one.worker.settle();
      this.clear();
    }
  }

  /** One that is in the middle of something, or else the job that has waited longest. */
  async finish(pick: number): Promise<void> {
    const one = this.chosen(pick);
    return one ? this.finishOne(one) : this.doNext();
  }

  async finishAll(): Promise<void> {
    while (this.running.length > 0) await this.finishOne(this.running[0]!);
  }

  async others(jobs: number): Promise<void> {
    for (let job = 0; job < jobs; job += 1) {
      const next = (await this.world.due())[job];
      if (!next) return;
      await this.do(next);
    }
  }

  /** From beginning to end. */
  do(delivery: Delivery): Promise<void> {
    return this.finishOne(this.start(delivery));
  }

  async kill(pick: number, calls: LastCalls): Promise<void> {
    const one = this.chosen(pick);
    if (!one) return;
    const { landings } = one.worker;
    this.cutShort += Math.max(1, landings.length);
    one.worker.die();
    await one.ended;
    for (const product of this.products) product.forget();
    if (calls === 'landed') for (const land of landings) await land();
    if (calls === 'late') this.late.push(...landings);
    this.clear();
  }

  /** Whoever is in the middle of something is frozen for so long, while others do so many jobs. */
  async pass(ms: number, jobs = 0): Promise<void> {
    await this.landLate();
    for (const { worker } of this.running) {
      this.cutShort += Math.max(1, worker.landings.length);
      worker.clockAheadMs += ms;
    }
    await this.world.pass(ms);
    const frozen = this.running.filter(({ worker }) => worker.hasCalledJira);
    const holders = await this.holders(frozen);
    for (let job = 0; job < jobs; job += 1) await this.doNext();
    const now = await this.holders(frozen);
    for (const { worker, leaseKey } of frozen)
      worker.isOvertaken ||= holders.has(leaseKey) && holders.get(leaseKey) !== now.get(leaseKey);
  }

  /** Every process was started again. */
  startAgain(): void {
    for (const product of this.products) product.forget();
    this.attempts.clear();
  }

  private start(delivery: Delivery, diesAt?: number): Running {
    const worker = new Worker(laneOf(delivery), diesAt);
    const product = this.products[this.delivered.length % this.products.length]!;
    const key = `${delivery.queue}/${delivery.job}/${delivery.key}`;
    this.delivered.push(delivery);
    const attemptsMade = this.attempts.get(key) ?? 0;
    const ended = product
      .run(delivery, attemptsMade, worker)
      .then(
        () => this.attempts.delete(key),
        (error: unknown) => {
          if (error instanceof RetryLater) this.attempts.set(key, attemptsMade + 1);
          else if (isDefect(error)) this.defect ??= new Error('a run ended as none may', { cause: error });
        },
      )
      .then(() => worker.end());
    const running = { worker, ended, leaseKey: `account/${delivery.key}` };
    this.running.push(running);
    return running;
  }

  private async doNext(): Promise<void> {
    const [next] = await this.world.due();
    if (next) await this.do(next);
  }

  private async finishOne({ worker, ended }: Running): Promise<void> {
    worker.goOn();
    await ended;
    this.clear();
  }

  private async holders(of: readonly Running[]): Promise<ReadonlyMap<string, string>> {
    if (of.length === 0) return new Map();
    const rows = await this.world.dataSource.query<{ key: string; holder: string }[]>(
      'select key, holder from messaging.lease where key = any($1)',
      [of.map(({ leaseKey }) => leaseKey)],
    );
    return new Map(rows.map(({ key, holder }) => [key, holder]));
  }

  /** A call lands within its deadline, however dead its sender is. */
  private async landLate(): Promise<void> {
    for (const land of this.late.splice(0)) await land();
  }

  private chosen(pick: number): Running | undefined {
    return this.running[Math.floor(pick * this.running.length)];
  }

  private clear(): void {
    this.running = this.running.filter(({ worker }) => !worker.hasEnded);
    if (this.defect !== undefined) throw this.defect;
  }
}

/** By name: what the queue store is told, and what a dead worker says. */
const expected = ['RetryLater', 'DelayedError', 'UnrecoverableError', 'Error'];

function isDefect(error: unknown): boolean {
  return !(error instanceof Error) || !expected.includes(error.name);
}
