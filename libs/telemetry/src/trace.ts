import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { TraceId } from '@gatehouse/contracts';

const storage = new AsyncLocalStorage<{ traceId: TraceId }>();

/** 128 random bits, as W3C Trace Context section 3.2.2.3 asks. */
export function newTraceId(): TraceId {
  return randomBytes(16).toString('hex');
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
