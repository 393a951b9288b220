import { ScimError } from '@gatehouse/scim';
import type { Row } from '@gatehouse/scim';
import { assertConditions, isConditional, notFound } from './preconditions.js';
import type { Conditions } from './preconditions.js';

const turnsMax = 3;

/**
 * A removal on a condition, without a lock between the look and the removal: the removal takes several locks, in an order
 * of its own, and whoever held one of them already would meet another removal halfway.
 *
 * @param remove of this version, or of any; false when there is none of it
 * @throws ScimError 404, 412
 */
export async function removeAsSeen(
  find: () => Promise<Row | undefined>,
  conditions: Conditions,
  remove: (id: string, version: number | undefined) => Promise<boolean>,
): Promise<void> {
  for (let turn = 0; turn <= turnsMax; turn += 1) {
    const row = await find();
    if (!row) throw notFound();
    assertConditions(row, conditions);
    const version = isConditional(conditions) ? Number(row['version']) : undefined;
    if (turn < turnsMax && (await remove(String(row['id']), version))) return;
  }
  throw new ScimError(412, undefined, 'It changes too often. Read it again.');
}
