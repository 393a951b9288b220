import { z } from 'zod';

/** The life of a key of our OpenID Provider: published, then signing, then published for a while more (O75, F24). */
export const opKeyTimes = {
  /** Long enough for Jira to have read the new key before anything is signed with it. */
  publishedAheadMinutes: 15,
  /** Whatever it signed has been read by then, and nobody who got hold of it can use it much longer. */
  publishedAfterHours: 24,
} as const;

interface Aging {
  readonly createdAt: Date;
  readonly retiredAt: Date | null;
}

const Moment = z.iso.datetime();

export const OpKeyStep = z
  .strictObject({
    kid: z
      .string()
      .nullable()
      .describe(
        'As in the key set that Jira reads, and in the header of what is signed. Null: this key cannot be read, so it neither signs nor is published; rotate.',
      ),
    state: z.enum(['signing', 'next', 'retiring']).describe('Next: published, and signs from signsFrom on.'),
    createdAt: Moment,
    signsFrom: Moment.nullable().describe('Of one that is next.'),
    signsUntil: Moment.nullable().describe('Null: until it is old enough, or others are ordered.'),
    publishedUntil: Moment.nullable().describe(
      'After it has signed for the last time, what it signed can be verified until then.',
    ),
  })
  .meta({ id: 'OpKeyStep' });
export type OpKeyStep = z.output<typeof OpKeyStep>;

/**
 * Those that sign, in the order in which they do: the first now, each of the others once the one before it retires. So a
 * new key is published for a while before it signs.
 */
export function opKeysToSign<Key extends Aging>(keys: readonly Key[], now: Date): readonly Key[] {
  return keys.filter((key) => retires(key) > now.getTime()).sort((one, other) => retires(one) - retires(other));
}

/** Signing first, then what is next, then what retires, newest first. One that is published no more is left out. */
export function opKeySteps(
  keys: readonly (Aging & { readonly kid: string | null })[],
  now: Date,
): readonly OpKeyStep[] {
  const toSign = opKeysToSign(keys, now);
  const retiring = keys
    .filter((key) => !toSign.includes(key) && publishedUntil(key)! > now)
    .sort((one, other) => retires(other) - retires(one));
  return [...toSign, ...retiring].map((key, index) => ({
    kid: key.kid,
    state: index === 0 && toSign.length > 0 ? 'signing' : index < toSign.length ? 'next' : 'retiring',
    createdAt: key.createdAt.toISOString(),
    signsFrom: index > 0 && index < toSign.length ? toSign[index - 1]!.retiredAt!.toISOString() : null,
    signsUntil: key.retiredAt?.toISOString() ?? null,
    publishedUntil: publishedUntil(key)?.toISOString() ?? null,
  }));
}

function retires({ retiredAt }: Aging): number {
  return retiredAt?.getTime() ?? Infinity;
}

function publishedUntil({ retiredAt }: Aging): Date | undefined {
  return retiredAt ? new Date(retiredAt.getTime() + opKeyTimes.publishedAfterHours * 3_600_000) : undefined;
}
