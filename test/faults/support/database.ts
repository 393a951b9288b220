import pg from 'pg';

/** Looks into the product's database, past every proxy; its server may restart in between. */
export class Database {
  private readonly pool: pg.Pool;

  constructor(url: string) {
    this.pool = new pg.Pool({ connectionString: url, max: 2, connectionTimeoutMillis: 2_000 });
    this.pool.on('error', () => undefined); // A connection that a restart has cut; the next query opens another.
  }

  async rows<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(sql, [...values])).rows;
  }

  async count(sql: string, values: readonly unknown[] = []): Promise<number> {
    const [row] = await this.rows<{ count: string }>(`select count(*) from (${sql}) as found`, values);
    return Number(row!.count);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
