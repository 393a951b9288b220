import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CONFIG, loadConfig, SEED_DOCUMENT } from '@gatehouse/config';
import { ApiTokenCreated, flow, lanesOf, queueName } from '@gatehouse/contracts';
import type { ConfigDocumentInput, Role } from '@gatehouse/contracts';
import { Encryption, LiveConfigReader, Notifications, openDatabase } from '@gatehouse/database';
import { Lanes, Operations, Outbox, ParkedJobs, RawQueues, Traces } from '@gatehouse/messaging';
import { createLogger, LOGGER, NestLogger } from '@gatehouse/telemetry';
import { createTestDatabase } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import { DataSource } from 'typeorm';
import { consoleService } from '../src/service.js';

export const adminToken = 'console-test-admin-token-0123456789';
export const encryption = new Encryption(Buffer.alloc(32, 7));

/** As the flow has them, and one lane that it will get with the directory. */
const allLanes = [
  'group-sync.offboarding',
  ...new Set(flow.flatMap(({ job }) => lanesOf(job, flow).map((lane) => queueName(job, lane)))),
];

/** Every command of an operator must stand without the queue store. */
const storeThatIsAway = {
  setPaused: () => Promise.reject(new Error('the queue store is away')),
} as unknown as ConstructorParameters<typeof Lanes>[1];

export interface ConsoleOptions {
  readonly variables?: Record<string, string>;
  readonly seed?: ConfigDocumentInput;
}

/** What a whole installation gives the console, over a database of its own; processes come and go on it. */
export class Surroundings {
  readonly logLines: string[] = [];
  readonly logger = createLogger(
    'debug',
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.logLines.push(chunk.toString());
        done();
      },
    }),
  );
  /** As of a process that works no lane; a test calls for its steps. */
  readonly operations: Operations;
  private readonly started: RunningConsole[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly dataSource: DataSource,
    readonly notifications: Notifications,
    readonly dataDir: string,
  ) {
    this.operations = new Operations({
      dataSource,
      outbox: new Outbox(flow),
      logger: this.logger,
      services: ['console'],
      queues: allLanes,
      workedQueues: [],
      recover: () => Promise.resolve(0),
    });
  }

  static async open(): Promise<Surroundings> {
    const database = await createTestDatabase();
    const notifications = new Notifications(database.url);
    await notifications.start();
    return new Surroundings(
      database,
      await openDatabase(database.url, 5),
      notifications,
      await mkdtemp(join(tmpdir(), 'gatehouse-console-')),
    );
  }

  async start(options: ConsoleOptions = {}): Promise<RunningConsole> {
    const console = await RunningConsole.start(this, options);
    this.started.push(console);
    return console;
  }

  async close(): Promise<void> {
    for (const console of this.started) await console.close();
    await this.notifications.close();
    await this.dataSource.destroy();
    await this.database.drop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  get log(): string {
    return this.logLines.join('');
  }
}

@Module({})
class TestModule {
  static of(surroundings: Surroundings, { variables, seed }: ConsoleOptions): DynamicModule {
    const { dataSource, notifications, logger, dataDir } = surroundings;
    const config = loadConfig({
      SANDBOX: 'off',
      JIRA_URL: 'http://127.0.0.1:9',
      JIRA_TOKEN: 'jira-admin-token',
      PUBLIC_URL: 'http://localhost:3000/_sso',
      DATA_DIR: dataDir,
      ADMIN_TOKEN: adminToken,
      ...variables,
    });
    const providers = [
      { provide: CONFIG, useValue: config },
      { provide: LOGGER, useValue: logger },
      { provide: SEED_DOCUMENT, useValue: seed },
      { provide: DataSource, useValue: dataSource },
      { provide: Encryption, useValue: encryption },
      { provide: Notifications, useValue: notifications },
      { provide: LiveConfigReader, useValue: new LiveConfigReader(dataSource, encryption) },
      { provide: Outbox, useValue: new Outbox(flow) },
      { provide: Traces, useValue: new Traces(dataSource) },
      { provide: ParkedJobs, useValue: new ParkedJobs(dataSource) },
      { provide: RawQueues, useValue: { all: () => [] } }, // Real ones are shown by the browser test.
      { provide: Operations, useValue: surroundings.operations },
      { provide: Lanes, useValue: new Lanes(dataSource, storeThatIsAway, allLanes, logger) },
    ];
    return { module: TestModule, global: true, imports: [consoleService.module!], providers, exports: providers };
  }
}

/** One process of the console, reached over HTTP. */
export class RunningConsole {
  private closed = false;

  private constructor(
    readonly app: NestFastifyApplication,
    readonly url: string,
  ) {}

  static async start(surroundings: Surroundings, options: ConsoleOptions): Promise<RunningConsole> {
    const adapter = new FastifyAdapter({ bodyLimit: 1_048_576, forceCloseConnections: true });
    const nestOptions = { logger: new NestLogger(surroundings.logger), abortOnError: false };
    const app = await NestFactory.create<NestFastifyApplication>(
      TestModule.of(surroundings, options),
      adapter,
      nestOptions,
    );
    try {
      await app.listen(0, '127.0.0.1');
      await consoleService.afterListening!(app);
    } catch (error) {
      await app.close();
      throw error;
    }
    return new RunningConsole(app, await app.getUrl());
  }

  /** With the admin token, unless the headers say otherwise. */
  request(
    path: string,
    { headers, ...init }: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
  ): Promise<Response> {
    return fetch(`${this.url}/api/v1/${path}`, {
      ...init,
      headers: { authorization: `Bearer ${adminToken}`, ...headers },
    });
  }

  /** A fresh token of this role. */
  async tokenOf(role: Role): Promise<string> {
    const answer = await this.request('tokens', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: `${role}-${randomUUID()}`, role }),
    });
    return ApiTokenCreated.parse(await answer.json()).token;
  }

  async greeting(): Promise<string> {
    return (await consoleService.greeting!(this.app.get(CONFIG), this.app)).join('\n');
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.app.close();
  }
}
