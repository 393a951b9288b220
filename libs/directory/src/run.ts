import { statement } from '@gatehouse/database';
import type { Statement } from '@gatehouse/database';
import { Commits, publishing, publishingSilently } from '@gatehouse/messaging';
import type { EntityManager } from 'typeorm';

/** What a change is committed with: the caller's transaction, or a commit of its own. */
export type Commit = EntityManager | Commits;

/** The same change twice: one tells relays in its own commit, of the other they are told afterwards. */
export interface Change<Row> {
  readonly telling: Statement<Row>;
  readonly silent: Statement<Row>;
}

/**
 * @param text `publish` makes the CTEs of the outbox from what `rowsOf` gave; `announced` stands behind the last column of
 * the result, so that what is to be told is
 */
export function change<Row extends object>(
  text: (publish: (rows: string) => string, announced: string) => string,
): Change<Row> {
  return {
    telling: statement(text(publishing, ', (select count(*) from announced) as announced')),
    silent: statement(text(publishingSilently, '')),
  };
}

export async function run<Row extends object>(
  commit: Commit,
  asked: Change<Row>,
  values: readonly unknown[],
  { queues, isUrgent = false }: { queues: readonly string[]; isUrgent?: boolean },
): Promise<Row[]> {
  if (isUrgent || !(commit instanceof Commits)) return runAlone(commit, asked.telling, values);
  const rows = await runAlone(commit, asked.silent, values);
  if (rows.length > 0) commit.tell(queues);
  return rows;
}

/** For what starts nothing, or has said so itself. */
export function runAlone<Row extends object>(
  commit: Commit,
  asked: Statement<Row>,
  values: readonly unknown[],
): Promise<Row[]> {
  return commit instanceof Commits ? commit.rows(asked, values) : commit.query<Row[]>(asked.text, [...values]);
}
