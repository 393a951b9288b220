import type { MappingConfig, ProviderConfig } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import type { Claims } from './claim.js';
import { readEmail, readUsername } from './names.js';
import { trustedEmail } from './profile.js';

export type Decision = { kind: 'enter' } | { kind: 'refuse'; code: ErrorCode };

export interface Entry {
  readonly claims: Claims;
  readonly provider: ProviderConfig;
  readonly mapping: MappingConfig;
}

/** What can be decided without Jira: whether these claims may lead to an account at all. */
export function decideEntry({ claims, provider, mapping }: Entry): Decision {
  const username = readUsername(claims, mapping.profile.username.claim);
  if (username.kind === 'missing') return refuse('entry.username_missing');
  if (username.kind === 'invalid') return refuse('entry.username_invalid');

  const email = readEmail(claims, mapping.profile.email.claim);
  if (email.kind === 'missing') return refuse('entry.email_missing');
  if (email.kind === 'invalid') return refuse('entry.email_invalid');

  if (trustedEmail(claims, provider, mapping) === undefined) return refuse('entry.email_not_verified');
  return { kind: 'enter' };
}

function refuse(code: ErrorCode): Decision {
  return { kind: 'refuse', code };
}
