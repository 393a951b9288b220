import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';
import type { TraceId } from '@gatehouse/contracts';

const storage = new AsyncLocalStorage<{ traceId: TraceId }>();

const idBytes = 16;
/** Random bytes for many ids: asking for each alone costs ten times as much, and every request has one. */
const supply = Buffer.alloc(256 * idBytes);
let used = supply.length;

/** 128 random bits, as W3C Trace Context section 3.2.2.3 asks. */
export function newTraceId(): TraceId {
  if (used === supply.length) {
    randomFillSync(supply);
    used = 0;
  }
  used += idBytes;
  return supply.toString('hex', used - idBytes, used);
}

/** Everything below `work`, awaited or not, logs under this trace id. */
export function inTrace<Result>(traceId: TraceId, work: () => Result): Result {
  return storage.run({ traceId }, work);
}

export function currentTraceId(): TraceId | undefined {
  return storage.getStore()?.traceId;
}

/** A request finds out late which sign-in it belongs to; its log lines follow from there on. */
export function continueTrace(traceId: TraceId): void {
  const store = storage.getStore();
  if (store) store.traceId = traceId;
}
