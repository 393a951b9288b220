interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}
interface Explained {
  readonly 'QUERY PLAN': readonly [{ readonly Plan: PlanNode }];
}
type Ask = <Row extends object>(text: string, values: readonly unknown[]) => Promise<Row[]>;

/** One look of a plan into a table or one of its indexes. */
export interface Look {
  readonly relation: string | undefined;
  readonly index: string | undefined;
  /** What the index is asked for; undefined: all of it, or all of the table. */
  readonly condition: string | undefined;
}

/** The generic plan of a statement that this connection has prepared. @param ask on that connection */
export async function looksOf(ask: Ask, prepared: string): Promise<readonly Look[]> {
  const [parameters] = await ask<{ count: number }>(
    'select cardinality(parameter_types)::int as count from pg_prepared_statements where name = $1',
    [prepared],
  );
  const nulls = Array.from({ length: parameters!.count }, () => 'null').join(', ');
  const values = parameters!.count > 0 ? `(${nulls})` : '';
  const [row] = await ask<Explained>(`explain (format json) execute "${prepared}" ${values}`, []);
  return looksIn(row!['QUERY PLAN'][0].Plan);
}

function looksIn(node: PlanNode): readonly Look[] {
  const { Plans: plans = [], 'Relation Name': relation, 'Index Name': index, 'Index Cond': condition } = node;
  const type = node['Node Type'];
  const isWrite = type === 'ModifyTable' || type === 'LockRows';
  const isHeap = type === 'Bitmap Heap Scan'; // Its indexes are below it.
  const isLook = !isWrite && !isHeap && (relation !== undefined || type === 'Bitmap Index Scan');
  return [...(isLook ? [{ relation, index, condition }] : []), ...plans.flatMap(looksIn)];
}

/**
 * Every statement of `statement` or `plannedTransaction` that this connection has planned, and of those the ones that
 * look anywhere without a key.
 * @param keys what a condition must have; `small` how names of tables and indexes begin that are small everywhere
 */
export async function plansWithoutKeys(ask: Ask, keys: RegExp, small: readonly string[]) {
  const prepared = await ask<{ name: string; text: string }>(
    `select name, statement as text from pg_prepared_statements where name like 'gatehouse%'
     and statement ~ '(directory|mapping|gateway|sync|console|messaging)[.]'`,
    [],
  );
  const isBad = ({ relation, index, condition }: Look) =>
    !keys.test(condition ?? '') && !small.some((table) => (relation ?? index ?? '').startsWith(table));
  const bad: { readonly text: string; readonly badly: readonly Look[] }[] = [];
  for (const { name, text } of prepared) {
    const badly = (await looksOf(ask, name)).filter(isBad);
    if (badly.length > 0) bad.push({ text, badly });
  }
  return { known: prepared.length, bad };
}
