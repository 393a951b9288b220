import type { DataSource } from 'typeorm';
import type { z } from 'zod';
import { cursorOf, positionOf } from '../parked/cursor.js';
import { parsePosition, positionTime, textOf } from './page-position.js';

interface PageRequest {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

interface Source {
  /** From a constant of ours, never from a caller. */
  readonly table: string;
  readonly columns: string;
  readonly idType: 'uuid' | 'bigint';
  readonly position: z.ZodType<string>;
}

interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next: string | null;
}

/**
 * A list by time, newest first, of rows whose columns have exactly these values. A page goes on after the row it ended
 * with, also when that one has been tidied away meanwhile.
 */
export async function filteredPage<Row>(
  dataSource: DataSource,
  { table, columns, idType, position }: Source,
  { limit, after, from, until }: PageRequest,
  equal: Readonly<Record<string, string | undefined>>,
): Promise<Page<Row>> {
  const begin = after === undefined ? undefined : parsePosition(positionOf(after, position));
  const values: unknown[] = [limit + 1, begin?.at ?? null, begin?.id ?? null, from ?? null, until ?? null];
  const conditions = Object.entries(equal).flatMap(([column, value]) =>
    value === undefined ? [] : [`${column} = $${values.push(value)}`],
  );
  const rows = await dataSource.query<(Row & { id: string; position_time: string })[]>(
    `select ${columns}, ${positionTime} as position_time from ${table}
     where ($2::timestamptz is null or (at, id) < ($2::timestamptz, $3::${idType}))
       and ($4::timestamptz is null or at >= $4) and ($5::timestamptz is null or at < $5)
       ${conditions.map((condition) => `and ${condition}`).join(' ')}
     order by at desc, id desc limit $1`,
    values,
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const next = rows.length > limit && last ? cursorOf(textOf({ at: last.position_time, id: last.id })) : null;
  return { rows: page, next };
}
