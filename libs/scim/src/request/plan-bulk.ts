import { ScimError } from '../scim-error.js';
import { inOrder } from './bulk-order.js';
import { referencesOf } from './bulk-references.js';
import type { BulkOperation, BulkRequest, RefusedOperation } from './read-bulk.js';

export type BulkStep =
  /** @property without what it refers to and cannot be made before it: a `complete` follows */
  | { readonly kind: 'do'; readonly operation: BulkOperation; readonly without: ReadonlySet<string> }
  /** It was made without all of its references, which are known by now. */
  | { readonly kind: 'complete'; readonly operation: BulkOperation }
  | {
      readonly kind: 'answer';
      readonly operation: BulkOperation | RefusedOperation;
      readonly error: ScimError;
    };

/**
 * The order of the request, but for operations that wait until what they refer to is made (RFC 7644 3.7.1). Of a circle
 * the first is made without what comes later, and completed as soon as that is there. Those that refer to nothing are
 * answered with 409.
 */
export function planBulk({ operations }: BulkRequest): BulkStep[] {
  const makers = new Map<string, number>();
  operations.forEach((operation, index) => {
    if (operation.kind === 'operation' && operation.method === 'POST') makers.set(operation.bulkId!, index);
  });
  const needs = operations.map((operation) => {
    const names = operation.kind === 'operation' ? referencesOf(operation) : [];
    return names.map((name) => makers.get(name));
  });
  return inOrder(needs.map((names) => names.filter((need) => need !== undefined))).flatMap((turn): BulkStep[] => {
    const operation = operations[turn.index]!;
    if (operation.kind === 'refused') return [{ kind: 'answer', operation, error: operation.error }];
    const error = new ScimError(409, undefined, 'a bulkId that no operation makes');
    const isLost = needs[turn.index]!.includes(undefined);
    if (turn.kind === 'complete') return isLost ? [] : [{ kind: 'complete', operation }];
    if (isLost) return [{ kind: 'answer', operation, error }];
    return [{ kind: 'do', operation, without: new Set(turn.unmade.map((need) => operations[need]!.bulkId!)) }];
  });
}

/** Whether the next operation is still to be done. RFC 7644 3.7 counts the errors that are accepted: of 0 the first is one too many. */
export function goesOn({ failOnErrors }: BulkRequest, failures: number): boolean {
  return failOnErrors === undefined || failures < Math.max(1, failOnErrors);
}
