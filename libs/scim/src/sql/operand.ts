import type { Operand } from '../filter/filter.js';
import type { ColumnType } from '../schema/attribute.js';

/** A text of SQL that is null where nothing is assigned. `base` is the JSON that the operand's container begins at. */
export function textOf(operand: Operand, base: string): string {
  const { storage, name } = operand.attribute;
  if (storage.kind === 'column') return columnText(storage.column, storage.as);
  return `(${holderOf(operand, base)} ->> ${literal(name)})`;
}

/**
 * What comparisons are made on. ICU's root collation lower-cases as `foldName` does, whatever the collation of the
 * database is; a text of ASCII only needs neither it nor NFC, which cost four times as much as all the rest of a
 * filter. For a column, whoever writes the row has folded already, and there is an index.
 */
export function keyOf(operand: Operand, base: string): string {
  const { storage, caseExact } = operand.attribute;
  const text = textOf(operand, base);
  if (caseExact) return text;
  if (storage.kind === 'column' && storage.folded) return storage.folded;
  const folded = `normalize(lower(normalize(${text}) collate "und-x-icu"))`;
  return `(case when octet_length(${text}) = length(${text}) then lower(${text} collate "C") else ${folded} collate "C" end)`;
}

export function jsonOf(operand: Operand, base: string): string {
  return `(${holderOf(operand, base)} -> ${literal(operand.attribute.name)})`;
}

function holderOf({ container }: Operand, base: string): string {
  return [base, ...container.map(literal)].join(' -> ');
}

function columnText(column: string, as: ColumnType): string {
  switch (as) {
    case 'text':
      return column;
    case 'version':
      return `('W/"' || ${column} || '"')`;
    case 'timestamptz':
      return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')`;
    case 'uuid':
    case 'boolean':
      return `${column}::text`;
  }
}

/** Names come from the schemas only; quoted all the same, because URNs are among them. */
function literal(name: string): string {
  return `'${name.replaceAll("'", "''")}'`;
}
