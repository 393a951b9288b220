import type { CheckedProvider, ProviderCheck } from './provider-check.js';

/**
 * Whether the provider lists every scope that is asked for. Never more than a warning: the list is optional, and a
 * provider may leave out scopes that it takes (RFC 8414, section 2). At some providers one that they do not know ends
 * every sign-in with `invalid_scope`.
 */
export function checkScopes({ provider, metadata }: CheckedProvider): ProviderCheck[] {
  const { scopes_supported: listed } = metadata;
  if (listed === undefined) return [];
  const missing = provider.scopes.filter((scope) => !listed.includes(scope));
  if (missing.length === 0)
    return [{ check: 'scopes', outcome: 'ok', text: 'The provider lists every scope that is asked for.' }];
  return [
    {
      check: 'scopes',
      outcome: 'warning',
      text: `Asked for, but not among the scopes that the provider lists: ${missing.join(', ')}.`,
      fix: 'Look at how they are written. The list may be incomplete: a test sign-in shows whether the provider takes them.',
    },
  ];
}
