import { createConnection, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

interface Cut {
  readonly request: RegExp;
  left: number;
}

export interface Counter {
  readonly request: RegExp;
  count: number;
}

interface Trap {
  readonly request: RegExp;
  readonly caught: () => void;
}

/**
 * A TCP connection that can be made to fail: stands before PostgreSQL, Redis or Jira. One fault at a time, `heal` ends it.
 * It looks at what is sent only where it is told to act on a request.
 */
export class FaultProxy {
  private readonly pairs = new Set<Pair>();
  /** Silent for good: what was swallowed is missing. */
  private readonly caught = new Set<Pair>();
  private listener: Server | undefined;
  private holding = false;
  private latencyMs = 0;
  private cut: Cut | undefined;
  private trap: Trap | undefined;
  private readonly counters: Counter[] = [];

  private constructor(
    private readonly target: { readonly host: string; readonly port: number },
    readonly port: number,
  ) {}

  /** @param targetPort of a server on the loopback address, which need not run yet */
  static async start(targetPort: number): Promise<FaultProxy> {
    const probe = await listen(0, () => undefined);
    const { port } = probe.address() as AddressInfo;
    await close(probe);
    const proxy = new FaultProxy({ host: '127.0.0.1', port: targetPort }, port);
    await proxy.open();
    return proxy;
  }

  /** Nothing listens any more, and who is connected is thrown out. */
  async refuse(): Promise<void> {
    const { listener } = this;
    this.listener = undefined;
    const closed = listener && close(listener);
    this.resetAll();
    await closed;
  }

  /** Half-open: connections are accepted and stay open, but no byte passes, also not of answers under way. */
  blackhole(): void {
    this.holding = true;
    for (const pair of this.pairs) pause(pair);
  }

  /** Every connection is reset, now. New ones pass. */
  resetAll(): void {
    for (const pair of [...this.pairs, ...this.caught]) reset(pair);
    this.caught.clear();
  }

  /** Swallows the next request that matches and leaves its connection silent. @returns once that has happened */
  holdAt(request: RegExp): Promise<void> {
    return new Promise((caught) => {
      this.trap = { request, caught };
    });
  }

  /** Forwards the next requests that match, and resets their connections instead of passing on the answer. */
  resetAfter(request: RegExp, times = 1): void {
    this.cut = { request, left: times };
  }

  /** Counts the requests that match from now on; pipelined ones in one chunk count once. */
  watch(request: RegExp): Readonly<Counter> {
    const counter = { request, count: 0 };
    this.counters.push(counter);
    return counter;
  }

  /** Every chunk is late by this, in both directions. */
  delay(latencyMs: number): void {
    this.latencyMs = latencyMs;
  }

  /** Everything passes again; connections that were held go on where they stopped, unless something of theirs is missing. */
  async heal(): Promise<void> {
    this.holding = false;
    this.latencyMs = 0;
    this.cut = undefined;
    this.trap = undefined;
    for (const { client, server } of this.pairs) {
      client.resume();
      server.resume();
    }
    for (const pair of this.caught) reset(pair);
    this.caught.clear();
    if (!this.listener) await this.open();
  }

  async close(): Promise<void> {
    await this.refuse();
  }

  private async open(): Promise<void> {
    this.listener = await listen(this.port, (client) => this.join(client));
  }

  private join(client: Socket): void {
    const server = createConnection(this.target);
    const pair = { client, server };
    this.pairs.add(pair);
    let cutting = false;
    this.forward(client, server, (chunk) => {
      for (const counter of this.counters) if (counter.request.test(chunk.toString('latin1'))) counter.count += 1;
      cutting ||= this.isCut(chunk);
      return !this.isTrapped(chunk, pair);
    });
    this.forward(server, client, () => {
      if (cutting) client.resetAndDestroy();
      return !cutting;
    });
    server.once('error', () => client.resetAndDestroy());
    server.once('close', () => this.late(() => client.end()));
    client.once('close', () => {
      this.pairs.delete(pair);
      server.destroy();
    });
  }

  /** @param passes false: this chunk goes nowhere */
  private forward(from: Socket, to: Socket, passes: (chunk: Buffer) => boolean): void {
    const goOn = () => {
      if (!this.holding) from.resume();
    };
    const write = (chunk: Buffer) => {
      if (to.writable && !to.write(chunk)) to.once('drain', goOn);
      else goOn();
    };
    from.setNoDelay(true);
    from.on('error', () => undefined); // Followed by 'close', which ends the other side too.
    from.on('end', () => this.late(() => to.end()));
    from.on('data', (chunk: Buffer) => {
      if (!passes(chunk)) return;
      from.pause();
      this.late(() => write(chunk));
    });
    if (this.holding) from.pause();
  }

  private late(act: () => void): void {
    if (this.latencyMs > 0) setTimeout(act, this.latencyMs);
    else act();
  }

  private isTrapped(chunk: Buffer, pair: Pair): boolean {
    const { trap } = this;
    if (!trap?.request.test(chunk.toString('latin1'))) return false;
    this.trap = undefined;
    this.pairs.delete(pair);
    this.caught.add(pair);
    pause(pair);
    trap.caught();
    return true;
  }

  private isCut(chunk: Buffer): boolean {
    if (!this.cut || this.cut.left === 0 || !this.cut.request.test(chunk.toString('latin1'))) return false;
    this.cut.left -= 1;
    return true;
  }
}

function pause({ client, server }: Pair): void {
  client.pause();
  server.pause();
}

function reset({ client, server }: Pair): void {
  client.resetAndDestroy();
  server.destroy();
}

async function listen(port: number, onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer(onConnection);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

async function close(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}
