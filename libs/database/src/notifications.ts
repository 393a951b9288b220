import pg from 'pg';

export type Channel =
  | 'gatehouse_outbox'
  | 'gatehouse_account'
  | 'gatehouse_session'
  | 'gatehouse_session_revocation'
  | 'gatehouse_op_keys'
  | 'gatehouse_config'
  | 'gatehouse_lane'
  | 'gatehouse_sign_in'
  | 'gatehouse_breaker'
  | 'gatehouse_registration'
  | 'gatehouse_scim_token';

type Listener = (payload: string) => void;

const reconnectDelayMs = 500;
const connectWithinMs = 5_000;

/**
 * The one LISTEN connection of a process. A lost connection is made again; because a notification
 * may be missed meanwhile, every listener is called with an empty payload after a reconnect, and
 * every user of this class also polls slowly.
 */
export class Notifications {
  private client: pg.Client | undefined;
  private closed = false;
  private reconnectTimer: NodeJS.Timeout | undefined;
  private reconnecting: Promise<void> | undefined;
  private listening: Promise<unknown> = Promise.resolve();
  private readonly listeners = new Map<Channel, Set<Listener>>();

  constructor(private readonly url: string) {}

  async start(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      keepAlive: true,
      connectionTimeoutMillis: connectWithinMs,
      application_name: 'gatehouse-listen',
    });
    client.on('error', () => this.lost(client));
    client.on('end', () => this.lost(client));
    client.on('notification', ({ channel, payload }) => this.deliver(channel as Channel, payload ?? ''));
    await client.connect();
    if (this.closed) return client.end();
    this.client = client;
    // What an earlier connection did not answer must not keep this one waiting.
    this.listening = Promise.resolve();
    for (const channel of this.listeners.keys()) await this.listen(client, channel);
  }

  /** Returns the function that stops listening. */
  async on(channel: Channel, listener: Listener): Promise<() => void> {
    const known = this.listeners.get(channel);
    if (known) known.add(listener);
    else {
      this.listeners.set(channel, new Set([listener]));
      // A failure here is a lost connection: the reconnect listens on every known channel.
      if (this.client) await this.listen(this.client, channel).catch(() => undefined);
    }
    return () => this.listeners.get(channel)?.delete(listener);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.reconnectTimer);
    await this.reconnecting;
    await this.client?.end().catch(() => undefined);
  }

  /** One statement after the other: modules start together, and pg is given one query at a time. */
  private listen(client: pg.Client, channel: Channel): Promise<unknown> {
    const listening = this.listening.catch(() => undefined).then(() => client.query(`listen ${channel}`));
    this.listening = listening;
    return listening;
  }

  private deliver(channel: Channel, payload: string): void {
    for (const listener of this.listeners.get(channel) ?? []) listener(payload);
  }

  private lost(client: pg.Client): void {
    if (this.closed || (this.client !== client && this.client !== undefined)) return;
    this.client = undefined;
    this.reconnectLater();
  }

  private reconnectLater(): void {
    clearTimeout(this.reconnectTimer);
    if (this.closed) return;
    this.reconnectTimer = setTimeout(() => {
      this.reconnecting = this.reconnect();
    }, reconnectDelayMs);
  }

  private async reconnect(): Promise<void> {
    try {
      await this.start();
      for (const channel of this.listeners.keys()) this.deliver(channel, '');
    } catch {
      this.reconnectLater();
    }
  }
}
