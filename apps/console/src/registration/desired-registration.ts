import type { IdpChange, IdpConfig } from '@gatehouse/jira-client';

/** Our client at the OpenID Provider of the gateway, as Jira knows it. */
export const jiraClientId = 'jira';

/**
 * What the hand-off of DESIGN 3 needs. Corrected whenever it differs. Just-in-time provisioning is part of it:
 * switched on, it would take every group away at a login that the token does not name.
 */
export function neededSettings(issuer: string) {
  return {
    'sso-type': 'OIDC',
    'issuer-url': issuer,
    'client-id': jiraClientId,
    'discovery-enabled': true,
    'additional-scopes': [],
    'username-claim': '${preferred_username}',
    'jit-configuration': { 'user-provisioning-enabled': false },
  } as const satisfies IdpChange;
}

/** Said once, when the entry is made. Afterwards these belong to Jira's administrators. */
export const initialSettings = {
  name: 'Gatehouse',
  enabled: true,
  buttonText: 'Log in with single sign-on',
  'enable-remember-me': true,
  'include-customer-logins': true,
} as const satisfies IdpChange;

/** The names of needed settings in which an entry of Jira differs. What Jira leaves out is off or empty. */
export function differences(actual: IdpConfig, issuer: string): readonly string[] {
  const needed = neededSettings(issuer);
  const differs = [
    actual['sso-type'] !== needed['sso-type'] && 'sso-type',
    actual['issuer-url'] !== needed['issuer-url'] && 'issuer-url',
    actual['client-id'] !== needed['client-id'] && 'client-id',
    actual['discovery-enabled'] !== true && 'discovery-enabled',
    (actual['additional-scopes'] ?? []).length > 0 && 'additional-scopes',
    actual['username-claim'] !== needed['username-claim'] && 'username-claim',
    actual['jit-configuration']?.['user-provisioning-enabled'] === true && 'jit-configuration',
  ];
  return differs.filter((name) => name !== false);
}
