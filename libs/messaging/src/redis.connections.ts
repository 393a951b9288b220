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
    // Without a listener each failed attempt to connect would be printed; the call that failed reports it.
    this.on('error', () => undefined);
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
      maxRetriesPerRequest: null, // BullMQ insists
      autoResendUnfulfilledCommands: false,
      commandTimeout: undefined,
      socketTimeout: blockingAnswerWithinMs,
    });
    blocking.on('error', () => undefined);
    blocking.on('end', () => this.blocking.delete(blocking));
    this.blocking.add(blocking);
    return blocking;
  }

  /** BullMQ leaves a connection behind that it could not end politely, and that would go on reconnecting. */
  disconnectAll(): void {
    for (const connection of [...this.blocking, this]) connection.disconnect();
  }
}
