import type { ErrorCode } from '@gatehouse/errors';
import type { LinkedIdentity, Meeting } from '@gatehouse/mapping';
import type { Account } from './accounts.store.js';

/** Whom somebody of a directory met who was there before, and what came of it. */
export interface Met {
  readonly accountId: string;
  readonly by: Meeting['by'];
  readonly outcome: 'linked' | 'asked' | 'refused';
  readonly code: ErrorCode | undefined;
}

export type Placement = (
  { kind: 'placed'; account: Account; displaced: readonly LinkedIdentity[] } | { kind: 'refused'; code: ErrorCode }
) & { readonly met?: Met };

export function placed(account: Account): Placement {
  return { kind: 'placed', account, displaced: [] };
}
