import { ConfigDocument } from '@gatehouse/contracts';
import type { DataSource } from 'typeorm';
import { ConfigVersionRow, SecretRow } from './entities/index.js';
import type { Encryption } from './encryption.js';
import type { Notifications } from './notifications.js';

export interface LiveConfig {
  /** 0 while nothing has been applied. */
  readonly version: number;
  readonly document: ConfigDocument;
  /** By path, e.g. `providers.cognito.clientSecret`. */
  readonly secrets: ReadonlyMap<string, string>;
}

const hardAgeMs = 5_000;

/**
 * The newest configuration, for the services that only read it. One object is handed out per version,
 * so whoever holds it works with one version from beginning to end.
 */
export class LiveConfigReader {
  private cached: LiveConfig | undefined;
  private checkedAt = 0;
  private reading: Promise<LiveConfig> | undefined;
  /** How often something newer was heard of: a read that began before may have missed it. */
  private generation = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly encryption: Encryption,
  ) {}

  async follow(notifications: Notifications): Promise<void> {
    await notifications.on('gatehouse_config', () => this.forget());
  }

  /** What was read last, however old: for whoever cannot wait, or has to answer while the database is away. */
  get known(): LiveConfig | undefined {
    return this.cached;
  }

  async current(): Promise<LiveConfig> {
    if (this.cached && Date.now() - this.checkedAt < hardAgeMs) return this.cached;
    this.reading ??= this.read();
    return this.reading;
  }

  /** Asks whether there is a newer one, whatever the cache thinks. */
  async newest(): Promise<LiveConfig> {
    const [row] = await this.dataSource.query<{ version: number }[]>(
      'select coalesce(max(version), 0) as version from console.config_version',
    );
    return this.from(row!.version);
  }

  /** The same, for whoever has just read which one is the newest, beside something else. */
  async from(version: number): Promise<LiveConfig> {
    if (this.cached?.version !== version) this.forget();
    return this.current();
  }

  private forget(): void {
    this.generation += 1;
    this.checkedAt = 0;
    this.reading = undefined;
  }

  private async read(): Promise<LiveConfig> {
    const startedAt = Date.now();
    const { generation } = this;
    try {
      const live = await this.readNewest();
      if (generation === this.generation) {
        this.cached = live;
        this.checkedAt = startedAt;
      }
      return live;
    } finally {
      if (generation === this.generation) this.reading = undefined;
    }
  }

  private async readNewest(): Promise<LiveConfig> {
    const newest = await this.dataSource
      .getRepository(ConfigVersionRow)
      .findOne({ where: {}, order: { version: 'desc' } });
    const version = newest?.version ?? 0;
    if (this.cached?.version === version) return this.cached;
    const rows = await this.dataSource.getRepository(SecretRow).find();
    const secrets = new Map(rows.map((row) => [row.name, this.encryption.open(row.sealed, secretPlace(row.name))]));
    return { version, document: ConfigDocument.parse(newest?.document ?? { version: 1 }), secrets };
  }
}

export function secretPlace(name: string): string {
  return `console.secret/${name}`;
}
