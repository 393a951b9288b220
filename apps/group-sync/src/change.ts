import { foldName, sameEmail } from '@gatehouse/mapping';
import type { JiraUserFacts, Removal } from '@gatehouse/mapping';
import { z } from 'zod';

/** One write at Jira, without values: a run history is no place to collect addresses. */
export const Change = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('activate') }),
  z.object({ kind: z.literal('deactivate') }),
  z.object({ kind: z.literal('remove-user') }),
  z.object({ kind: z.literal('profile'), fields: z.array(z.enum(['email', 'displayName'])) }),
  z.object({ kind: z.literal('property'), property: z.string(), removed: z.boolean() }),
  z.object({ kind: z.literal('add'), group: z.string() }),
  z.object({ kind: z.literal('remove'), group: z.string(), because: z.enum(['managed', 'granted', 'swept']) }),
]);
export type Change = z.output<typeof Change>;

/** Changes whose outcome no commit has told yet: their run was killed, or Jira's answer was lost. */
export const UnderWay = z.object({
  traceId: z.string(),
  attempt: z.number(),
  lane: z.string(),
  version: z.number(),
  startedAt: z.string(),
  changes: z.array(Change),
  /** Groups that an earlier such run had put the user into; the history names them already, the ledger does not. */
  ours: z.array(z.string()),
  /** Why the user was put into these groups: the rule may be gone when somebody finds them there (P24). */
  given: z.array(z.object({ group: z.string(), provider: z.string(), reason: z.string() })).default([]),
});
export type UnderWay = z.output<typeof UnderWay>;

interface Seen {
  readonly user: JiraUserFacts;
  readonly desired: { readonly email: string; readonly displayName?: string | undefined };
}

/** Of changes that were under way, those that Jira shows as done; of properties the caller knows better. */
export function evidentIn(changes: readonly Change[], { user, desired }: Seen): Change[] {
  const groups = new Set(user.groups.map(foldName));
  return changes.filter((change) => {
    switch (change.kind) {
      case 'activate':
        return user.active;
      case 'deactivate':
        return !user.active;
      case 'remove-user':
        return false; // The user is there.
      case 'profile':
        return (
          (!change.fields.includes('email') || sameEmail(user.emailAddress, desired.email)) &&
          (!change.fields.includes('displayName') || user.displayName.normalize('NFC') === desired.displayName)
        );
      case 'property':
        return true;
      case 'add':
        return groups.has(foldName(change.group));
      case 'remove':
        return !groups.has(foldName(change.group));
    }
  });
}

export function groupsAdded(changes: readonly Change[]): string[] {
  return changes.flatMap((change) => (change.kind === 'add' ? [change.group] : []));
}

export function removalsIn(changes: readonly Change[]): Removal[] {
  return changes.flatMap((change) =>
    change.kind === 'remove' ? [{ group: change.group, because: change.because }] : [],
  );
}
