import type { z } from 'zod';

/** A fact, past tense, committed together with the state it speaks of. Carries ids, never people, claims or tokens. */
export interface EventDefinition<Data extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly data: Data;
  readonly meaning: string;
}

export type DataOf<Event extends EventDefinition> = z.output<Event['data']>;

export function defineEvent<Data extends z.ZodType>(event: EventDefinition<Data>): EventDefinition<Data> {
  return Object.freeze(event);
}
