import type { DataSource } from 'typeorm';

/** The one breaker of Jira, as an operator sees it. */
export interface Breaker {
  readonly state: 'closed' | 'open' | 'probing';
  readonly code: string | null;
  readonly openedAt: Date | null;
  /** When the next probe is due. */
  readonly until: Date | null;
  readonly failures: number;
}

/** Undefined: it has never been needed, or this installation has none. */
export async function readBreaker(dataSource: DataSource): Promise<Breaker | undefined> {
  const [table] = await dataSource.query<{ exists: boolean }[]>(
    `select to_regclass('messaging.breaker') is not null as exists`,
  );
  if (!table!.exists) return undefined;
  const [breaker] = await dataSource.query<Breaker[]>(
    `select state, code, opened_at as "openedAt", until, failures from messaging.breaker where name = 'jira'`,
  );
  return breaker;
}
