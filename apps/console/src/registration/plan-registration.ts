import type { IdpChange, IdpConfig, SsoConfig } from '@gatehouse/jira-client';
import { differences, initialSettings, jiraClientId, neededSettings } from './desired-registration.js';

export interface RegistrationFacts {
  /** Every entry that Jira has. */
  readonly idps: readonly IdpConfig[];
  readonly issuer: string;
  readonly secret: string;
  readonly secretFingerprint: string;
  /** What an earlier run wrote down. */
  readonly recorded: { readonly idpId: number | null; readonly secretFingerprint: string | null } | undefined;
}

export type RegistrationPlan =
  | { readonly kind: 'create'; readonly idp: IdpChange }
  | { readonly kind: 'change'; readonly id: number; readonly change: IdpChange; readonly because: readonly string[] }
  | { readonly kind: 'keep'; readonly id: number };

/** The secret is told again only when it is not the one told last: Jira never gives it back to compare. */
export function planRegistration({
  idps,
  issuer,
  secret,
  secretFingerprint,
  recorded,
}: RegistrationFacts): RegistrationPlan {
  const ours = ourEntry(idps, issuer, recorded?.idpId ?? null);
  const needed = { ...neededSettings(issuer), 'client-secret': secret };
  if (!ours) return { kind: 'create', idp: { ...initialSettings, ...needed } };
  const secretKnown = recorded?.idpId === ours.id && recorded.secretFingerprint === secretFingerprint;
  const because = [...differences(ours, issuer), ...(secretKnown ? [] : ['client-secret'])];
  if (because.length === 0) return { kind: 'keep', id: ours.id };
  const change = Object.fromEntries(Object.entries(needed).filter(([name]) => because.includes(name)));
  return { kind: 'change', id: ours.id, change, because };
}

/**
 * The entry we made (its issuer may be that of an earlier PUBLIC_URL), else one that already leads to us. Anything else
 * under our recorded id is somebody else's: Jira was restored or set up anew and gave the number away again.
 */
function ourEntry(idps: readonly IdpConfig[], issuer: string, recordedId: number | null): IdpConfig | undefined {
  const isOurs = (idp: IdpConfig) =>
    idp['issuer-url'] === issuer ||
    (idp['client-id'] === jiraClientId && idp['issuer-url']?.endsWith('/oidc') === true);
  return (
    idps.find((idp) => idp.id === recordedId && isOurs(idp)) ??
    idps.find((idp) => idp['client-id'] === jiraClientId && idp['issuer-url'] === issuer)
  );
}

/** A way in that does not need us must be open before people are sent to us. Undefined: it is. */
export function planFallback(sso: SsoConfig): SsoConfig | undefined {
  const change: SsoConfig = {
    ...(sso['show-login-form'] === true ? {} : { 'show-login-form': true }),
    ...(sso['enable-authentication-fallback'] === true ? {} : { 'enable-authentication-fallback': true }),
  };
  return Object.keys(change).length > 0 ? change : undefined;
}
