import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'bullmq';
import { workerOptions } from './bullmq-options.js';
import type { LaneObserver, LaneProcessor, LaneWorker } from './queue-store.js';
import type { CommandConnection } from './redis.connections.js';
import { within } from './within.js';

/** A start with Redis away goes on without it: signing in needs no queue. */
const startWithinMs = 1_000;
const againAfterMs = 1_000;

class RedisWorker extends Worker<unknown, void> {
  /** What still runs is redelivered elsewhere, because its lock is not renewed any more. */
  async abandon(): Promise<void> {
    await this.lockManager.close();
  }
}

/** One lane's worker. Until Redis has answered it for the first time it is made again and again; then BullMQ keeps it. */
export class RedisLane implements LaneWorker {
  private worker: RedisWorker | undefined;
  private opening: Promise<void> | undefined;
  private paused = false;
  private closing = false;
  private readonly onReady = () => this.observer.well();

  constructor(
    private readonly queue: string,
    private readonly prefix: string,
    private readonly connection: CommandConnection,
    private readonly process: LaneProcessor,
    private readonly observer: LaneObserver,
    private readonly jobsAtOnce: number = workerOptions.concurrency,
  ) {}

  async start(): Promise<void> {
    this.connection.on('ready', this.onReady);
    this.opening ??= this.open();
    await within(startWithinMs, this.opening);
  }

  async pause(): Promise<void> {
    this.paused = true;
    await this.worker?.pause(true);
  }

  async resume(): Promise<void> {
    this.paused = false;
    await this.worker?.resume();
  }

  async close(withinMs: number): Promise<void> {
    this.closing = true;
    this.connection.off('ready', this.onReady);
    const worker = this.worker;
    if (worker && (await within(withinMs, worker.close())) === 'late') await worker.abandon();
  }

  /** A new connection is asked once for the server's version; if that fails, the worker is of no use any more. */
  private async open(): Promise<void> {
    while (!this.closing) {
      const worker = this.create();
      this.worker = worker;
      try {
        await worker.waitUntilReady();
        this.run(worker);
        return;
      } catch (error) {
        this.report(error);
        await worker.close(true);
        await delay(againAfterMs);
      }
    }
  }

  private create(): RedisWorker {
    const worker = new RedisWorker(this.queue, (job, token) => this.process(job, token), {
      ...workerOptions,
      concurrency: this.jobsAtOnce,
      connection: this.connection,
      prefix: this.prefix,
    });
    // BullMQ starts its loop anew after a pause; whoever starts it, its end must be heard of.
    const run = worker.run.bind(worker);
    worker.run = () => run().catch((error: unknown) => this.report(error));
    worker.on('error', (error) => this.report(error));
    worker.on('active', () => this.observer.well());
    worker.on('stalled', () => this.observer.stalled());
    return worker;
  }

  private run(worker: RedisWorker): void {
    if (this.closing) return;
    void worker.run();
    if (this.paused) void worker.pause(true);
  }

  private report(error: unknown): void {
    if (!this.closing) this.observer.ill(error instanceof Error ? error : new Error('worker ended'));
  }
}
