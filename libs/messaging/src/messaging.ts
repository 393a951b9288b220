import { flow as systemFlow, lanes, lanesOf, queueName } from '@gatehouse/contracts';
import type { Route, ServiceName } from '@gatehouse/contracts';
import type { Notifications } from '@gatehouse/database';
import type { Logger } from '@gatehouse/telemetry';
import type { DataSource } from 'typeorm';
import { Breakers } from './breakers.js';
import { installationId } from './installation-id.js';
import { JobRunner } from './job-runner.js';
import { JobServer } from './job.server.js';
import { Lanes } from './lanes.js';
import { Leases } from './leases.js';
import { Outbox } from './outbox.js';
import { Operations } from './operations/operations.js';
import type { ParkedJobs } from './parked-jobs.js';
import { PostgresQueueStore } from './postgres.queue-store.js';
import type { QueueStore } from './queue-store.js';
import { RawQueues } from './raw-queues.js';
import { RedisQueueStore } from './redis.queue-store.js';
import { RelayConnection } from './relay.connection.js';
import { Relay } from './relay.js';
import { JobExceptionFilter } from './rpc-exception.filter.js';
import { Settlement } from './settlement.js';
import { SignInWatch } from './sign-in-watch.js';
import { StoreEpochs } from './store-epochs.js';
import { Sweep } from './sweep.js';
import { Traces } from './traces.js';
import { Turns } from './turns.js';
import { defaultTuning } from './tuning.js';
import type { Tuning } from './tuning.js';
import { Upkeep } from './upkeep.js';
import { drainMs, within } from './within.js';

export interface MessagingOptions {
  readonly databaseUrl: string;
  readonly dataSource: DataSource;
  /** Started by the caller. */
  readonly notifications: Notifications;
  readonly logger: Logger;
  /**
   * The services of this process: it relays to their lanes and works them. A lane that nobody works needs no relay, and
   * a process that only publishes spends nothing on the jobs of others (decision 12).
   */
  readonly services: readonly ServiceName[];
  readonly flow?: readonly Route[];
  /** Where jobs wait; PostgreSQL when absent. */
  readonly redisUrl?: string | undefined;
  /** Instead of both: an adapter that is open already. Closed with this object. */
  readonly store?: QueueStore;
  readonly tuning?: Partial<Tuning>;
}

/** Outbox, relay and job transport of one process. */
export class Messaging {
  readonly rpcExceptionFilter = new JobExceptionFilter();

  private constructor(
    readonly outbox: Outbox,
    readonly traces: Traces,
    readonly rawQueues: RawQueues,
    readonly lanes: Lanes,
    readonly leases: Leases,
    readonly breakers: Breakers,
    readonly operations: Operations,
    /** For `connectMicroservice({ strategy }, { inheritAppConfig: true })`, after the filter was registered globally. */
    readonly strategy: JobServer,
    private readonly relay: Relay,
    private readonly sweep: Sweep,
    private readonly upkeep: Upkeep,
    private readonly store: QueueStore,
    private readonly signIns: SignInWatch,
    readonly turns: Turns,
  ) {}

  get parkedJobs(): ParkedJobs {
    return this.operations.parkedJobs;
  }

  /** Opens the queue store; takes no job before the strategy listens and sends none before `start`. */
  static async open(options: MessagingOptions): Promise<Messaging> {
    const { dataSource, notifications, logger, services, flow = systemFlow } = options;
    const tuning = { ...defaultTuning, ...options.tuning };
    const store = options.store ?? (await openStore(options, queuesOf(flow, services).length));
    const queues = queuesOf(flow);
    const outbox = new Outbox(flow);
    const lanes = new Lanes(dataSource, store, queues, logger);
    const epochs = new StoreEpochs(dataSource, store, lanes, logger);
    const workedQueues = queuesOf(flow, services);
    const sweep = new Sweep(dataSource, store, queues, tuning, logger);
    const recover = () => sweep.recover();
    const operations = new Operations({ dataSource, outbox, logger, services, queues, workedQueues, recover });
    const { watch } = operations;
    const turns = new Turns();
    const relay = new Relay(
      new RelayConnection(options.databaseUrl),
      notifications,
      store,
      workedQueues,
      tuning,
      turns,
      logger,
    );
    const breakers = new Breakers(dataSource, notifications, logger);
    await breakers.load();
    const settlement = new Settlement(dataSource);
    const leases = new Leases(dataSource);
    const onSettled = (queue: string) => relay.settled(queue);
    const runner = new JobRunner(dataSource, settlement, leases, breakers, logger, onSettled, watch, turns);
    return new Messaging(
      outbox,
      new Traces(dataSource),
      new RawQueues(store, queues),
      lanes,
      leases,
      breakers,
      operations,
      new JobServer(store, runner, flow, services, breakers, logger, watch),
      relay,
      sweep,
      new Upkeep(dataSource, notifications, store, epochs, lanes, tuning, logger),
      store,
      new SignInWatch(notifications, turns),
      turns,
    );
  }

  /** Starts relaying. Call it once the strategy listens. */
  async start(): Promise<void> {
    await this.upkeep.start();
    await this.relay.start();
    await this.breakers.start();
    await this.signIns.start();
    this.sweep.start();
    await this.operations.start();
  }

  /** Ends within 10 s: no new job is sent or taken, the active ones are waited for. Idempotent. */
  async close(): Promise<void> {
    await this.operations.drain();
    const senders = Promise.all(
      [this.relay, this.sweep, this.upkeep, this.breakers, this.signIns, this.operations].map((sender) =>
        sender.stop(),
      ),
    );
    await Promise.all([within(drainMs, senders), this.strategy.close()]);
    await this.operations.leave();
    await this.store.close();
  }
}

async function openStore({ redisUrl, databaseUrl, dataSource }: MessagingOptions, lanes: number): Promise<QueueStore> {
  if (redisUrl) return await RedisQueueStore.open(redisUrl, await installationId(dataSource));
  return PostgresQueueStore.open(databaseUrl, lanes);
}

/** The most urgent lane first. */
function queuesOf(flow: readonly Route[], services?: readonly ServiceName[]): readonly string[] {
  const jobs = flow.map(({ job }) => job).filter((job) => services?.includes(job.service) ?? true);
  const queues = lanes.flatMap((lane) =>
    jobs.filter((job) => lanesOf(job, flow).includes(lane)).map((job) => queueName(job, lane)),
  );
  return [...new Set(queues)];
}
