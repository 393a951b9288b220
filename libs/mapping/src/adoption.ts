import { z } from 'zod';
import type { Contribution } from './contribution.js';

const AdoptionWord = z.object({
  /** The Jira user it is about, and no other. */
  jiraKey: z.string(),
  verdict: z.enum(['link', 'separate', 'refuse']),
});
export type AdoptionWord = z.output<typeof AdoptionWord>;

/** How somebody whom only directories know comes to a Jira user that is there already (P17, X29). */
export const Adoption = z.object({
  by: z.array(z.enum(['username', 'email'])),
  onMatch: z.enum(['automatic', 'ask', 'refuse']),
  word: AdoptionWord.optional(),
});
export type Adoption = z.output<typeof Adoption>;

/**
 * Nothing where it is as at a sign-in. Once somebody has signed in the rules of sign-ins hold in the place of the policy;
 * what an administrator has said of one Jira user holds all the same: a refusal is not undone by coming in.
 */
export function adoptionBy(
  first: Contribution,
  entitled: readonly Contribution[],
  word: AdoptionWord | undefined,
): { adoption?: Adoption } {
  const { match, directory } = first.mapping;
  if (entitled.some(({ isDirectory }) => !isDirectory)) {
    // Also where users are found by their address, whoever is to be created meets the user who has the name.
    const by = match === 'email' ? (['email', 'username'] as const) : (['username'] as const);
    return word === undefined ? {} : { adoption: { by: [...by], onMatch: 'automatic', word } };
  }
  const { by: keys, onMatch } = directory.linking;
  const ways = keys.flatMap((key) => (key === 'userName' ? [match] : key === 'email' ? ['email' as const] : []));
  const by = [...new Set(ways)];
  const isUsual = onMatch === 'automatic' && word === undefined && by.length === 1 && by[0] === match;
  return isUsual ? {} : { adoption: { by, onMatch, ...(word === undefined ? {} : { word }) } };
}
