import { describe, expect, it } from '@jest/globals';
import type { IdpRow, SsoRow } from '../data/rows.js';
import { acceptsPassword, decideLogin, loginMethods } from './decide-login.js';

const idp = (id: number, customers = true): IdpRow => ({
  id,
  name: `idp-${id}`,
  enabled: true,
  'sso-type': 'OIDC',
  buttonText: `Log in with ${id}`,
  'include-customer-logins': customers,
  'enable-remember-me': false,
  'issuer-url': 'https://idp.example',
  'client-id': 'jira',
  'client-secret': 'secret',
  'discovery-enabled': true,
  'additional-scopes': [],
  'username-claim': '${sub}',
  'last-updated': '',
});

const sso = (form: boolean, fallback: boolean, portalForm = true): SsoRow => ({
  'show-login-form': form,
  'show-login-form-for-jsm': portalForm,
  'enable-authentication-fallback': fallback,
  'discovery-refresh-cron': '',
  'last-updated': '',
});

describe('the login page decision table (jira-facts 1.5)', () => {
  it.each([
    { form: true, idps: 0, ask: false, fallback: false, result: 'form' },
    { form: true, idps: 1, ask: false, fallback: false, result: 'form+1' },
    { form: true, idps: 2, ask: false, fallback: false, result: 'form+2' },
    { form: false, idps: 1, ask: false, fallback: true, result: 'redirect 1' },
    { form: false, idps: 2, ask: false, fallback: true, result: '2' },
    { form: false, idps: 1, ask: true, fallback: true, result: 'form+1' },
    { form: false, idps: 1, ask: true, fallback: false, result: 'redirect 1' },
    { form: false, idps: 2, ask: true, fallback: false, result: '2' },
    { form: false, idps: 0, ask: false, fallback: false, result: 'form' },
  ])(
    'form $form, $idps providers, asked $ask, fallback $fallback: $result',
    ({ form, idps, ask, fallback, result }) => {
      const providers = [idp(1), idp(2)].slice(0, idps);
      const decision = decideLogin({ surface: 'jira', sso: sso(form, fallback), idps: providers }, ask);
      expect(describeDecision(decision)).toBe(result);
    },
  );

  it('judges the portal by its own switch and its own providers', () => {
    const configuration = { surface: 'portal', sso: sso(true, true, false), idps: [idp(1, false), idp(2)] } as const;
    expect(describeDecision(decideLogin(configuration, false))).toBe('redirect 2');
    expect(describeDecision(decideLogin({ ...configuration, surface: 'jira' }, false))).toBe('form+2');
  });

  it('T20 auth_fallback does nothing on the portal', () => {
    const configuration = { surface: 'portal', sso: sso(true, true, false), idps: [idp(1)] } as const;
    expect(describeDecision(decideLogin(configuration, true))).toBe('redirect 1');
  });

  it('takes a password only where a form can be seen', () => {
    const idps = [idp(1)];
    expect(acceptsPassword({ surface: 'jira', sso: sso(false, false), idps })).toBe(false);
    expect(acceptsPassword({ surface: 'jira', sso: sso(false, true), idps })).toBe(true);
    expect(acceptsPassword({ surface: 'jira', sso: sso(true, false), idps })).toBe(true);
    expect(acceptsPassword({ surface: 'portal', sso: sso(true, true, false), idps })).toBe(false);
  });

  it('keeps the form when nothing else is left', () => {
    expect(loginMethods({ surface: 'jira', sso: sso(false, false), idps: [] }).form).toBe(true);
  });
});

function describeDecision(decision: ReturnType<typeof decideLogin>): string {
  if (decision.kind === 'redirect') return `redirect ${decision.idp.id}`;
  return [decision.form ? ['form'] : [], decision.idps.length > 0 ? [String(decision.idps.length)] : []]
    .flat()
    .join('+');
}
