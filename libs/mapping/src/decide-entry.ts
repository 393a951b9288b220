import type { MappingConfig, ProviderConfig } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import type { Claims } from './claim.js';
import { isDomainAllowed } from './email-domain.js';
import { readEmail, readUsername } from './names.js';
import { trustedEmail } from './profile.js';
import { hasRequiredClaims } from './required-claims.js';
import { refusalByGroups } from './required-groups.js';

export type Decision = { kind: 'enter' } | { kind: 'refuse'; code: ErrorCode };

export interface Entry {
  readonly claims: Claims;
  readonly provider: ProviderConfig;
  readonly mapping: MappingConfig;
}

/**
 * What can be decided without Jira: whether these claims may lead to an account at all. Claims decide alone: an address
 * that somebody typed, or that a link brought along, picks a provider and nobody's account (O59).
 */
export function decideEntry({ claims, provider, mapping }: Entry): Decision {
  if (!hasRequiredClaims(claims, provider.requiredClaims)) return refuse('entry.claim_required');

  const username = readUsername(claims, mapping.profile.username);
  if (username.kind === 'missing') return refuse('entry.username_missing');
  if (username.kind === 'invalid') return refuse('entry.username_invalid');

  const email = readEmail(claims, mapping.profile.email);
  if (email.kind === 'missing') return refuse('entry.email_missing');
  if (email.kind === 'invalid') return refuse('entry.email_invalid');

  const trusted = trustedEmail(claims, provider, mapping);
  if (trusted === undefined) return refuse('entry.email_not_verified');
  const { allowedEmailDomains } = provider;
  if (allowedEmailDomains.length > 0 && !isDomainAllowed(trusted, allowedEmailDomains))
    return refuse('entry.domain_not_allowed');

  const byGroups = refusalByGroups(claims, mapping);
  return byGroups === undefined ? { kind: 'enter' } : refuse(byGroups);
}

function refuse(code: ErrorCode): Decision {
  return { kind: 'refuse', code };
}
