import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 20;

/**
 * Waits until the condition gives something truthy, and returns it.
 * An error of the condition counts as "not yet" and is the cause of the one thrown at the deadline.
 * @param what is waited for, for the message
 */
export async function waitFor<Value>(
  condition: () => Value | Promise<Value>,
  { timeoutMs = 5_000, everyMs = pollMs, what }: { timeoutMs?: number; everyMs?: number; what: string },
): Promise<Value> {
  const deadline = Date.now() + timeoutMs;
  let cause: unknown;
  do {
    try {
      const value = await condition();
      if (value) return value;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await delay(everyMs);
  } while (Date.now() < deadline);
  throw new Error(`still waiting for ${what} after ${timeoutMs} ms`, { cause });
}
