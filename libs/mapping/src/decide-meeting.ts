import type { ConfigDocument, LinkKey } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import { claimOf } from './claim.js';
import { linkIdentity } from './link-identity.js';
import type { LinkDecision, LinkedIdentity, Standing } from './link-identity.js';
import type { Identity } from './provider-of.js';
import { rulesOf } from './provider-of.js';

export type LinkVerdict = 'link' | 'separate' | 'refuse';

/** Somebody in a provider's directory and an account that may be theirs. */
export interface Meeting {
  readonly candidate: Identity;
  /** `jiraUser`: the account holds the Jira user to which the person's own account led. */
  readonly by: LinkKey | 'jiraUser';
  readonly account: {
    readonly standing: Standing;
    /** Of an administrator, or of a reserved name. */
    readonly isProtected: boolean;
    /** Without the candidate. */
    readonly linked: readonly LinkedIdentity[];
  };
  /** An administrator's, about this person and this account. */
  readonly verdict: LinkVerdict | undefined;
  readonly config: ConfigDocument;
}

export type MeetingDecision =
  | { readonly kind: 'join'; readonly displaced: readonly string[] }
  /** @property caution why it would not be linked without being asked */
  | { readonly kind: 'ask'; readonly caution: ErrorCode | undefined }
  | { readonly kind: 'refuse'; readonly code: ErrorCode }
  /** It is not theirs: what comes next in `linking.by` is tried. */
  | { readonly kind: 'pass' };

/**
 * Whether the account is that person's (P17, X29). The rules of sign-ins say who is the same; the linking policy says
 * whether that is enough. Who was removed from the same directory and is made anew with the same id of the provider comes
 * back without a question; under another id a name that was given again is somebody else's, with an administrator's
 * groups perhaps. Two who are both in it, active or not, are two people, whatever address, Jira user or id they share: an id
 * is what the provider's administrator maps to it (Entra's default: `mailNickname`), and who left would deactivate the other.
 */
export function decideMeeting(meeting: Meeting): MeetingDecision {
  const { candidate, by, account, verdict, config } = meeting;
  const rule = byRule(meeting);
  const own = account.linked.filter((one) => one.directory && one.provider === candidate.provider);
  if (own.some(isThere) && staysApart(meeting)) return { kind: 'pass' };
  const isFree = account.linked.length === 0 && account.standing !== 'established';
  // Whoever has the account by now is not put beside somebody who had it before.
  const isLeft = own.every((one) => one.directory!.standing === 'removed');
  const isBack = isLeft && own.some((one) => mayBeSame(one, candidate));
  if (verdict === undefined && (isBack || isFree)) return decided(rule, by);
  switch (verdict) {
    case 'link':
      return rule.kind === 'join' ? rule : { kind: 'join', displaced: [] };
    case 'separate':
      return { kind: 'pass' };
    case 'refuse':
      return { kind: 'refuse', code: 'match.link_refused' };
    case undefined:
      return byPolicy(meeting, rule, config);
  }
}

function isThere({ directory }: Identity): boolean {
  return directory !== undefined && directory.standing !== 'removed';
}

/** From somebody of the same directory who is there. */
function staysApart({ candidate, by, verdict }: Meeting): boolean {
  switch (by) {
    case 'email':
      return true;
    case 'externalId':
      return verdict === undefined && isThere(candidate);
    case 'jiraUser':
      return verdict === undefined && candidate.directory !== undefined;
    case 'userName':
      return false;
  }
}

/** No id on a side says nothing against it. */
function mayBeSame({ claims: one }: Identity, { claims: other }: Identity): boolean {
  const [former, next] = [claimOf(one, 'externalId'), claimOf(other, 'externalId')];
  return former === undefined || next === undefined || former === next;
}

function byPolicy({ candidate, by, account }: Meeting, rule: LinkDecision, config: ConfigDocument): MeetingDecision {
  const rules = rulesOf(candidate, config);
  const caution = account.isProtected ? 'match.administrator' : rule.kind === 'refuse' ? rule.code : undefined;
  switch (rules?.mapping.directory.linking.onMatch) {
    case 'automatic':
      return account.isProtected && rule.kind === 'join' ? { kind: 'ask', caution } : decided(rule, by);
    case 'ask':
      return { kind: 'ask', caution };
    case 'refuse':
    case undefined:
      return { kind: 'refuse', code: 'match.link_refused' };
  }
}

/** An id of the provider's own is its word that this is one person. An address says nothing of names, so neither does trust in them. */
function byRule({ candidate, by, account: { linked, standing }, config }: Meeting): LinkDecision {
  switch (by) {
    case 'externalId':
      return { kind: 'join', displaced: [] };
    case 'userName':
      return linkIdentity({ candidate, linked, standing, sharing: 'name', config });
    case 'email':
    case 'jiraUser':
      // Whatever the account holds: nobody is put out of it for an address.
      return linkIdentity({ candidate, linked, standing: 'established', sharing: 'key', config });
  }
}

/** Nobody is refused for an address: whoever only shares it, unverified perhaps, is somebody else. */
function decided(rule: LinkDecision, by: Meeting['by']): MeetingDecision {
  return rule.kind === 'refuse' && (by === 'email' || by === 'jiraUser') ? { kind: 'pass' } : rule;
}
