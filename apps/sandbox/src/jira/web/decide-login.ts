import type { IdpRow, SsoRow } from '../data/rows.js';

/** Jira's own pages and the customer portal are judged apart. */
export type Surface = 'jira' | 'portal';

export interface LoginConfiguration {
  readonly surface: Surface;
  readonly sso: SsoRow;
  /** Enabled ones only. */
  readonly idps: readonly IdpRow[];
}

export interface LoginMethods {
  readonly form: boolean;
  readonly idps: readonly IdpRow[];
}

export type LoginDecision =
  { kind: 'page'; form: boolean; idps: readonly IdpRow[] } | { kind: 'redirect'; idp: IdpRow };

/** What is enabled on a surface. With nothing else enabled the form stays, or nobody could ever get in again. */
export function loginMethods({ surface, sso, idps }: LoginConfiguration): LoginMethods {
  const offered = surface === 'jira' ? idps : idps.filter((idp) => idp['include-customer-logins']);
  const form = surface === 'jira' ? sso['show-login-form'] : sso['show-login-form-for-jsm'];
  return { form: form || offered.length === 0, idps: offered };
}

/**
 * jira-facts 1.5: one identity provider alone is gone to at once; `auth_fallback` brings the form back on Jira's own
 * login page, when that is allowed, and never on the portal's.
 */
export function decideLogin(configuration: LoginConfiguration, asksForFallback: boolean): LoginDecision {
  const { form, idps } = loginMethods(configuration);
  if (asksForFallback && mayFallBack(configuration)) return { kind: 'page', form: true, idps };
  const [only, second] = idps;
  if (!form && only && !second) return { kind: 'redirect', idp: only };
  return { kind: 'page', form, idps };
}

/** Whether a username and a password are taken at all. */
export function acceptsPassword(configuration: LoginConfiguration): boolean {
  return loginMethods(configuration).form || mayFallBack(configuration);
}

function mayFallBack({ surface, sso }: LoginConfiguration): boolean {
  return surface === 'jira' && sso['enable-authentication-fallback'];
}
