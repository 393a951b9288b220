import type { AdapterPayload } from 'oidc-provider';
import { entryLengthMax, entryParameter } from '../edge/index.js';

/** An authorization request of Jira that waits for somebody to sign in. */
export interface PendingLogin {
  readonly uid: string;
  /** True: a living session is not enough, Jira wants the person to prove again who they are. */
  readonly reauthenticate: boolean;
  readonly maxAgeSeconds: number | undefined;
  readonly loginHint: string | undefined;
  /** What somebody typed for it at the customer portal (D7). It proves nothing. */
  readonly typedName: string | undefined;
  /** How often a finished sign-in was sent back here; more than a few is a loop. */
  readonly passes: number;
  /** The page of Jira where it began, where the edge has seen it: a path. */
  readonly entry: string | undefined;
}

interface Kept extends Pick<AdapterPayload, 'params' | 'prompt' | 'lastSubmission'> {
  /** Ours: the library does not know it. */
  readonly typedName?: unknown;
}

const loginHintLengthMax = 320;

/** @param kept as the OP stored it */
export function pendingLogin(uid: string, { params = {}, prompt, lastSubmission, typedName }: Kept): PendingLogin {
  const reasons = prompt?.reasons ?? [];
  const reauthenticate = reasons.some((reason) => reason === 'login_prompt' || reason === 'max_age');
  const maxAge = Number(params['max_age']);
  const hint = params['login_hint'];
  const entry = params[entryParameter];
  const passes = lastSubmission?.['passes'];
  return {
    uid,
    reauthenticate,
    maxAgeSeconds: params['max_age'] !== undefined && Number.isSafeInteger(maxAge) ? maxAge : undefined,
    loginHint: typeof hint === 'string' && hint.length <= loginHintLengthMax ? hint : undefined,
    typedName: typeof typedName === 'string' && typedName.length <= loginHintLengthMax ? typedName : undefined,
    passes: typeof passes === 'number' ? passes : 0,
    entry: typeof entry === 'string' && entry.length <= entryLengthMax ? entry : undefined,
  };
}

/** What the OP is told of a finished sign-in, but for the account. */
export function interactionResult({ passes }: Pick<PendingLogin, 'passes'>, authenticatedAt: Date) {
  return { login: { ts: Math.floor(authenticatedAt.getTime() / 1000), remember: false }, passes: passes + 1 };
}
