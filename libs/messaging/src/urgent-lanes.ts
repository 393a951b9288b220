import type { Lane } from '@gatehouse/contracts';

/** Somebody waits, or must be kept out: nothing in these lanes is put off for what could be done together. */
export function isUrgent(lane: string): boolean {
  const urgent: readonly Lane[] = ['offboarding', 'interactive'];
  return urgent.some((one) => one === lane);
}

/** @param queue as `queueName` gives it */
export function isUrgentQueue(queue: string): boolean {
  return isUrgent(queue.slice(queue.lastIndexOf('.') + 1));
}
