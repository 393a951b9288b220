/** Which parked jobs are meant. What is left out does not narrow; an empty filter means all. */
export interface ParkedFilter {
  readonly ids?: readonly string[] | undefined;
  readonly group?: string | undefined;
  readonly job?: string | undefined;
  readonly code?: string | undefined;
  readonly queue?: string | undefined;
  readonly key?: string | undefined;
}

/** A condition over messaging.parked_job named `parked`, with its parameters from `$first` on. */
export function parkedCondition(filter: ParkedFilter, first: number): { sql: string; parameters: unknown[] } {
  const { ids, group, job, code, queue, key } = filter;
  const parts: [string, unknown][] = [];
  if (ids) parts.push(['parked.id = any($::uuid[])', ids]);
  const columns = { 'parked.group_id': group, 'parked.job': job, 'parked.code': code, 'parked.queue': queue };
  for (const [column, value] of Object.entries({ ...columns, 'parked.key': key }))
    if (value !== undefined) parts.push([`${column} = $`, value]);
  return {
    sql: parts.map(([sql], index) => ` and ${sql.replace('$', `$${first + index}`)}`).join(''),
    parameters: parts.map(([, value]) => value),
  };
}
