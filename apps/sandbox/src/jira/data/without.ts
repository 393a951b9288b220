/** A copy that lacks the named fields: how a secret stays out of an answer. */
export function without<Row extends object, Field extends keyof Row & string>(
  row: Row,
  ...fields: readonly Field[]
): Omit<Row, Field> {
  const names: readonly string[] = fields;
  return Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name))) as Omit<Row, Field>;
}
