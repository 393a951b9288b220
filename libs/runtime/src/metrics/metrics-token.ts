import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';

const provenForMs = 60_000;
const wrongPerMinute = 20;

/** The bearer token of whoever scrapes: any token of the admin API, because each of its roles may read. */
export class MetricsToken {
  private readonly proven = new Map<string, number>();
  private wrong = { count: 0, since: 0 };

  constructor(
    private readonly dataSource: DataSource,
    private readonly now: () => number = Date.now,
  ) {}

  async isValid(authorization: string | undefined): Promise<boolean> {
    const token = /^Bearer +([\x21-\x7e]{1,500})$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return false;
    const hash = createHash('sha256').update(token).digest('hex');
    if ((this.proven.get(hash) ?? 0) > this.now()) return true;
    // Guessing must not become work for PostgreSQL; one that was right lately is not held up by it.
    if (this.isFlooded()) return false;
    const found = await this.dataSource.query<unknown[]>(
      `select 1 from console.api_token where token_hash = $1 and (expires_at is null or expires_at > now())`,
      [hash],
    );
    if (found.length === 0) this.wrong.count += 1;
    else this.remember(hash);
    return found.length > 0;
  }

  private isFlooded(): boolean {
    const now = this.now();
    if (now - this.wrong.since >= 60_000) this.wrong = { count: 0, since: now };
    return this.wrong.count >= wrongPerMinute;
  }

  private remember(hash: string): void {
    if (this.proven.size >= 100) this.proven.clear();
    this.proven.set(hash, this.now() + provenForMs);
  }
}
