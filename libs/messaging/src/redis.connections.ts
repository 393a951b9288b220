import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';

type SendCommand = Parameters<Redis['sendCommand']>;

/** A Redis that accepts and never answers must look like one that is away. */
const answerWithinMs = 5_000;
/** Blocking reads last up to 10 s by themselves. */
const blockingAnswerWithinMs = 12_000;
const connectWithinMs = 5_000;
const keepAliveMs = 10_000;
const longestReconnectMs = 2_000;

/** What ioredis itself sends before a connection is ready. */
const handshake = new Set(['auth', 'hello', 'client', 'select', 'info', 'readonly', 'quit']);

const options = {
  family: 0,
  connectTimeout: connectWithinMs,
  keepAlive: keepAliveMs,
  retryStrategy: (times: number) =>
    Math.min(longestReconnectMs, 50 * 2 ** Math.min(times, 8)) * (0.5 + Math.random() / 2),
  // Nothing may pile up while Redis is away: rows wait in PostgreSQL, and a caller learns at once that it cannot be served.
  enableOfflineQueue: false,
} satisfies RedisOptions;

/**
 * The one connection of a process for everything that does not block. BullMQ duplicates it for each worker's blocking
 * read, so that a black-holed one is replaced too.
 */
export class CommandConnection extends Redis {
  private readonly blocking = new Set<Redis>();

  /** Connects in the background, and again whenever the connection is lost. */
  constructor(url: string) {
    super(url, {
      ...options,
      maxRetriesPerRequest: 1,
      commandTimeout: answerWithinMs,
      socketTimeout: answerWithinMs,
    });
    steady(this);
  }

  /**
   * BullMQ tells a lost connection from a refused command by this text, and rests before it tries again. By any other
   * error its workers would fetch in a hot loop for as long as Redis is away.
   */
  override sendCommand(...[command, stream]: SendCommand): unknown {
    if (this.status === 'ready' || handshake.has(command.name)) return super.sendCommand(command, stream);
    command.reject(new Error('Connection is closed.'));
    return command.promise;
  }

  override duplicate(override?: Partial<RedisOptions>): Redis {
    const blocking = new Redis({
      ...this.options,
      ...override,
      // A read that is interrupted fails at once, and its worker reads again when there is a connection. BullMQ's own
      // advice is to send it again unasked; what it has given up meanwhile would then swallow the news of a job.
      maxRetriesPerRequest: 0,
      commandTimeout: undefined,
      socketTimeout: blockingAnswerWithinMs,
    });
    steady(blocking);
    blocking.on('end', () => this.blocking.delete(blocking));
    this.blocking.add(blocking);
    return blocking;
  }

  /** BullMQ leaves a connection behind that it could not end politely, and that would go on reconnecting. */
  disconnectAll(): void {
    for (const connection of [...this.blocking, this]) connection.disconnect();
  }
}

function steady(connection: Redis): void {
  // Without a listener each failed attempt to connect would be printed; the call that failed reports it.
  connection.on('error', () => undefined);
  // ioredis lets the watch over a socket outlive it: it would cut the next connection, and hold the process at its end.
  connection.on('close', () => {
    const watch = connection as unknown as { socketTimeoutTimer: NodeJS.Timeout | undefined };
    clearTimeout(watch.socketTimeoutTimer);
    watch.socketTimeoutTimer = undefined;
  });
}
