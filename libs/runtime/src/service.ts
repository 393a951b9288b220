import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { INestApplicationContext, Type } from '@nestjs/common';
import type { Config } from '@gatehouse/config';
import type { ConfigDocumentInput, ServiceName } from '@gatehouse/contracts';
import type { Logger } from 'pino';

/** A deployable part. `run` composes any number of them into one process. */
export interface ServiceDefinition {
  readonly name: ServiceName;
  /** Its Nest module; job handlers and HTTP controllers are the module's controllers. */
  readonly module?: Type;
  /** Takes requests before Nest sees them: the OP and everything that belongs to Jira. */
  readonly front?: (app: INestApplicationContext) => Front;
  /** Servers beside the application, started before it: the sandbox. */
  readonly beside?: (config: Config, logger: Logger) => Promise<Stoppable>;
  /** What a person may want to know of those servers. */
  readonly besideGreeting?: (config: Config) => readonly string[];
  /** The document a brand-new installation starts with. */
  readonly seed?: (config: Config) => ConfigDocumentInput;
  /** Runs once the process listens. It must not throw for a dependency that is away: it retries by itself. */
  readonly afterListening?: (app: INestApplicationContext) => Promise<void>;
  /** Lines for a person, printed once everything is ready. */
  readonly greeting?: (config: Config, app: INestApplicationContext) => Promise<readonly string[]> | readonly string[];
}

export interface Front {
  /** True when the request was taken; false leaves it to Nest. `req.url` is as the browser sent it. */
  handle(req: IncomingMessage, res: ServerResponse): boolean;
  /** False: the request is answered as if it had offered no other protocol. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean;
}

export interface Stoppable {
  close(): Promise<void>;
}
