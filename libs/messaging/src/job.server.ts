import { Server } from '@nestjs/microservices';
import type { BaseRpcContext, CustomTransportStrategy, ReadPacket } from '@nestjs/microservices';
import { dependencies, lanesOf, queueName } from '@gatehouse/contracts';
import type { JobDefinition, Lane, Route, ServiceName } from '@gatehouse/contracts';
import type { Logger } from '@gatehouse/telemetry';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Breakers } from './breakers.js';
import { waitingJobsAtOnce } from './bullmq-options.js';
import { handlerProblems } from './handler-problems.js';
import type { RegisteredHandler } from './handler-problems.js';
import type { JobRunner } from './job-runner.js';
import type { RunWatch } from './operations/run-watch.js';
import type { LaneWorker, QueueStore } from './queue-store.js';
import { drainMs } from './within.js';
import { StoreHealth } from './store-health.js';

/** Nest's transport for jobs: one worker for each lane of the services in this process. */
export class JobServer extends Server implements CustomTransportStrategy {
  /** Otherwise Nest logs a failed handler and reports it as done. */
  override readonly propagatesEventHandlerErrors = true;
  private readonly workers = new Map<string, LaneWorker>();
  private closed: Promise<void> | undefined;

  constructor(
    private readonly store: QueueStore,
    private readonly runner: JobRunner,
    private readonly flow: readonly Route[],
    private readonly services: readonly ServiceName[],
    private readonly breakers: Breakers,
    private readonly log: Logger,
    private readonly watch: RunWatch,
  ) {
    super();
  }

  /** Calls back with an error that names job and classes unless every job here has exactly one handler. */
  listen(callback: (error?: unknown) => void): void {
    this.open().then(() => callback(), callback);
  }

  /** Stops taking jobs and waits for the active ones; those that take too long are redelivered elsewhere. */
  close(): Promise<void> {
    this.closed ??= Promise.all([...this.workers.values()].map((worker) => worker.close(drainMs))).then(
      () => undefined,
    );
    return this.closed;
  }

  /** The base class does not wait for what the handler returns, so a failed job would count as done. */
  override handleEvent(pattern: string, packet: ReadPacket, context: BaseRpcContext): Promise<void> {
    return new Promise((resolve, reject) => {
      // Settled by the call itself: a tracing hook need not return what it was given.
      this.runWithProcessingHooks(context, (runEndHook) =>
        this.call(pattern, packet.data, context).then(resolve, reject).finally(runEndHook),
      );
    });
  }

  override on(): void {
    throw new Error('The job transport has no events');
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- Nest declares it like this
  override unwrap<Store>(): Store {
    return this.store as Store;
  }

  private async call(pattern: string, payload: unknown, context: BaseRpcContext): Promise<void> {
    const handler = this.messageHandlers.get(pattern)!;
    const result: unknown = await handler(payload, context);
    if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
  }

  private async open(): Promise<void> {
    const jobs = jobsOf(this.flow);
    const problems = handlerProblems(jobs, this.services, this.registered());
    if (problems.length > 0) throw new Error(`Jobs and handlers do not match. ${problems.join('. ')}.`);
    const ours = jobs.filter((job) => this.services.includes(job.service));
    const open = new Map<string, Lane>(
      ours.flatMap((job) => lanesOf(job, this.flow).map((lane) => [queueName(job, lane), lane] as const)),
    );
    await this.breakers.load();
    for (const [queue, lane] of open) {
      const process = this.runner.forLane(queue, lane, ours, (job, payload, context) =>
        this.handleEvent(job, { pattern: job, data: payload }, context),
      );
      const health = new StoreHealth(this.log, queue);
      const observer = {
        well: () => health.well(),
        ill: (error: Error) => health.ill(error),
        stalled: () => this.watch.stalled(queue),
      };
      const waits = ours.some((job) => job.needs && lane === 'bulk' && queueName(job, lane) === queue);
      this.workers.set(queue, this.store.openLane(queue, process, observer, waits ? waitingJobsAtOnce : undefined));
    }
    await Promise.all([...this.workers.values()].map((worker) => worker.start()));
    this.restWithBreakers(ours);
  }

  /** A job that is taken all the same makes no call: its client asks the breaker too. */
  private restWithBreakers(jobs: readonly JobDefinition[]): void {
    for (const dependency of dependencies) {
      const queues = new Set(
        jobs
          .filter(({ needs }) => needs === dependency)
          .flatMap((job) => lanesOf(job, this.flow).map((lane) => queueName(job, lane))),
      );
      this.breakers.of(dependency).follow((isOpen) => {
        for (const queue of queues) void this.workers.get(queue)?.[isOpen ? 'pause' : 'resume']();
      });
    }
  }

  /** Nest chains a second handler of the same event behind the first and would run both. */
  private registered(): readonly RegisteredHandler[] {
    const handlers: RegisteredHandler[] = [];
    for (const [pattern, first] of this.messageHandlers)
      for (let handler: typeof first | undefined = first; handler; handler = handler.next as typeof first | undefined) {
        const handlerClass: unknown = handler.extras?.['handlerClass'];
        handlers.push({ pattern, handlerClass: typeof handlerClass === 'string' ? handlerClass : undefined });
      }
    return handlers;
  }
}

function jobsOf(flow: readonly Route[]): readonly JobDefinition[] {
  return [...new Map(flow.map(({ job }) => [job.name, job])).values()];
}
