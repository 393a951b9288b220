import { randomBytes, randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { Module } from '@nestjs/common';
import type { INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DataOf, EventDefinition, ServiceName } from '@gatehouse/contracts';
import { Notifications, openDatabase } from '@gatehouse/database';
import { createLogger } from '@gatehouse/telemetry';
import { createTestDatabase, waitFor } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import type { DataSource, EntityManager } from 'typeorm';
import { Messaging, MessagingModule } from '../src/index.js';
import type { MessagingOptions } from '../src/index.js';
import type { QueueStore } from '../src/queue-store.js';
import { FollowThingHandler, Script, scriptedFlow, WorkOnThingHandler } from './scripted.js';
import type { Reference } from './scripted.js';

/** Opens a store of its own for each test process; `lanes` is how many it will work. */
export type OpenStore = (databaseUrl: string, lanes: number) => Promise<QueueStore>;

export interface ProcessOptions {
  readonly services?: readonly ServiceName[];
  readonly controllers?: readonly Type[];
  readonly script?: Script;
  readonly tuning?: MessagingOptions['tuning'];
  readonly adaptStore?: (store: QueueStore) => QueueStore;
  readonly beforeConnect?: (app: INestApplication) => void;
  /** False: sends jobs of its lanes but takes none. */
  readonly works?: boolean;
  /** False: takes jobs but sends none. */
  readonly relays?: boolean;
}

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly traceId?: string;
  readonly [field: string]: unknown;
}

/** One process of an installation: its own pools, relay, workers and Nest application. */
export interface TestProcess {
  readonly messaging: Messaging;
  readonly store: QueueStore;
  readonly script: Script;
  readonly logLines: LogLine[];
  close(): Promise<void>;
}

const both: readonly ServiceName[] = ['claim-mapping', 'group-sync'];

/** A database and the processes that a test starts on it. */
export class Installation {
  private readonly processes: TestProcess[] = [];

  private constructor(
    private readonly openStore: OpenStore,
    readonly database: TestDatabase,
    readonly dataSource: DataSource,
  ) {}

  static async open(openStore: OpenStore): Promise<Installation> {
    const database = await createTestDatabase();
    return new Installation(openStore, database, await openDatabase(database.url, 5));
  }

  async close(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.close()));
    await this.dataSource.destroy();
    await this.database.drop();
  }

  /** Starts a process as `libs/runtime` does. */
  async start(options: ProcessOptions = {}): Promise<TestProcess> {
    const { services = both, script = new Script() } = options;
    const logLines: LogLine[] = [];
    const logger = createLogger('debug', lineStream(logLines));
    const dataSource = await openDatabase(this.database.url, 10);
    const notifications = new Notifications(this.database.url);
    await notifications.start();
    const opened = await this.openStore(this.database.url, 4);
    const store = options.adaptStore?.(opened) ?? opened;
    const messaging = await Messaging.open({
      databaseUrl: this.database.url,
      dataSource,
      notifications,
      logger,
      services,
      flow: scriptedFlow,
      store,
      tuning: options.tuning,
    });
    const closeAll = once(async () => {
      await app?.close();
      await messaging.close();
      await notifications.close();
      await dataSource.destroy();
    });
    let app: INestApplication | undefined;
    try {
      app = await createApp(messaging, script, options);
      if (options.works !== false) await app.startAllMicroservices();
      if (options.relays !== false) await messaging.start();
    } catch (error) {
      await closeAll();
      throw error;
    }
    const process = { messaging, store, script, logLines, close: closeAll };
    this.processes.push(process);
    return process;
  }

  /** A person's change: state and event in one commit. */
  async publish<Event extends EventDefinition>(from: TestProcess, event: Event, data: DataOf<Event>): Promise<void> {
    await this.dataSource.transaction((manager) => from.messaging.outbox.publish(manager, event, data));
  }

  async rows(thingId: string, manager: EntityManager = this.dataSource.manager): Promise<readonly OutboxRow[]> {
    return manager.query<OutboxRow[]>(
      `select id, job, queue, state, outcome, trace_id as "traceId" from messaging.outbox where key = $1 order by id`,
      [thingId],
    );
  }

  async outcomes(thingId: string): Promise<readonly (string | null)[]> {
    return (await this.rows(thingId)).map(({ outcome }) => outcome);
  }

  async settled(thingId: string, timeoutMs = 5_000): Promise<readonly OutboxRow[]> {
    const all = async () => {
      const rows = await this.rows(thingId);
      return rows.length > 0 && rows.every(({ state }) => state === 'settled') ? rows : undefined;
    };
    return (await waitFor(all, { what: 'every row to be settled', timeoutMs }))!;
  }
}

export interface OutboxRow {
  readonly id: string;
  readonly job: string;
  readonly queue: string;
  readonly state: 'open' | 'sent' | 'settled';
  readonly outcome: string | null;
  readonly traceId: string;
}

export function thing(thingId: string = randomUUID()): Reference {
  return { thingId, traceId: randomBytes(16).toString('hex') };
}

/** All states of this installation's rows, counted. */
export async function rowsByState(installation: Installation): Promise<Record<OutboxRow['state'], number>> {
  const rows = await installation.dataSource.query<{ state: OutboxRow['state']; n: number }[]>(
    'select state, count(*)::int as n from messaging.outbox group by state',
  );
  return { open: 0, sent: 0, settled: 0, ...Object.fromEntries(rows.map(({ state, n }) => [state, n])) };
}

/** A promise and the hand that fulfils it. */
export function gate(): { readonly opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

async function createApp(messaging: Messaging, script: Script, options: ProcessOptions): Promise<INestApplication> {
  @Module({
    imports: [MessagingModule.register(messaging)],
    controllers: [...(options.controllers ?? [WorkOnThingHandler, FollowThingHandler])],
    providers: [{ provide: Script, useValue: script }],
  })
  class TestModule {}
  const app = await NestFactory.create<NestFastifyApplication>(TestModule, new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
  app.useGlobalFilters(messaging.rpcExceptionFilter);
  options.beforeConnect?.(app);
  app.connectMicroservice<MicroserviceOptions>({ strategy: messaging.strategy }, { inheritAppConfig: true });
  await app.init();
  return app;
}

function lineStream(lines: LogLine[]): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as LogLine);
      done();
    },
  });
}

function once(close: () => Promise<void>): () => Promise<void> {
  let closed: Promise<void> | undefined;
  return () => (closed ??= close());
}
