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

/** Undefined: it has never been needed. */
export async function readBreaker(dataSource: DataSource): Promise<Breaker | undefined> {
  const [breaker] = await dataSource.query<Breaker[]>(
    `select state, code, opened_at as "openedAt", until, failures from messaging.breaker where name = 'jira'`,
  );
  return breaker;
}
