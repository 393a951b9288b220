import type { ErrorCode } from '@gatehouse/errors';

/** What claim-mapping and group-sync know of the account behind an identity; every member null while there is none. */
export interface AccountFacts {
  readonly accountId: string | null;
  readonly refusedCode: string | null;
  readonly state: 'pending' | 'ready' | 'refused' | 'failed' | null;
  readonly active: boolean | null;
  /** The username was seen in Jira recently enough to be handed over. */
  readonly verified: boolean;
  readonly code: string | null;
  /** By what directories and administrators say now, whatever the queues have made of it. */
  readonly deactivated: boolean;
}

export type TraceState = 'pending' | 'settled' | 'parked';

export type Standing =
  | { kind: 'usable'; accountId: string }
  | { kind: 'pending'; code: string | undefined }
  | { kind: 'refused'; code: ErrorCode }
  | { kind: 'failed'; code: ErrorCode };

/**
 * Where a sign-in stands. A refusal counts only once the work that this sign-in started is done: what stands in the
 * rows before that may be yesterday's answer. `trace` must have been read before the facts.
 */
export function accountStanding(facts: AccountFacts, trace: TraceState): Standing {
  if (facts.deactivated) return { kind: 'refused', code: 'entry.deactivated' };
  if (isUsable(facts)) return { kind: 'usable', accountId: facts.accountId! };
  const code = facts.refusedCode ?? facts.code ?? undefined;
  if (trace === 'pending') return { kind: 'pending', code: facts.code ?? undefined };
  if (facts.refusedCode !== null || facts.state === 'refused') {
    return { kind: 'refused', code: knownCode(code, 'match.identity_not_linked') };
  }
  if (trace === 'parked' || facts.state === 'failed') {
    return { kind: 'failed', code: knownCode(code, 'login.account_parked') };
  }
  if (facts.state === 'ready' && facts.active === false) return { kind: 'refused', code: 'jira.account_inactive' };
  // Settled, and yet nothing usable: another run of the same account is still on its way.
  return { kind: 'pending', code };
}

export function isUsable({ accountId, refusedCode, state, active, verified, deactivated }: AccountFacts): boolean {
  return !deactivated && accountId !== null && refusedCode === null && state === 'ready' && active === true && verified;
}

/** Codes travel through tables as text; one this version does not know still ends on an honest page. */
function knownCode(code: string | undefined, otherwise: ErrorCode): ErrorCode {
  return code !== undefined && /^[a-z]+\.[a-z_]+$/.test(code) ? (code as ErrorCode) : otherwise;
}
