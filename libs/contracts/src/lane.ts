/**
 * A lane is a queue of its own, because BullMQ pauses, limits and measures queues, not priorities.
 * A backlog or a pause in one lane never delays another.
 */
export const lanes = ['offboarding', 'interactive', 'provisioning', 'bulk'] as const;
export type Lane = (typeof lanes)[number];
