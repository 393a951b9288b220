import { describe, expect, it } from '@jest/globals';
import type { IdpConfig } from '@gatehouse/jira-client';
import { planFallback, planRegistration } from './plan-registration.js';
import type { RegistrationFacts } from './plan-registration.js';

const issuer = 'https://jira.example/_sso/oidc';

const entry: IdpConfig = {
  id: 7,
  name: 'Gatehouse',
  enabled: true,
  'sso-type': 'OIDC',
  'issuer-url': issuer,
  'client-id': 'jira',
  'discovery-enabled': true,
  'additional-scopes': [],
  'username-claim': '${preferred_username}',
  'jit-configuration': { 'user-provisioning-enabled': false },
};
const stranger: IdpConfig = {
  id: 1,
  name: 'Okta',
  'sso-type': 'OIDC',
  'issuer-url': 'https://okta.example',
  'client-id': 'jira',
};

function plan(facts: Partial<RegistrationFacts>) {
  return planRegistration({
    idps: [stranger, entry],
    issuer,
    secret: 'the-secret',
    secretFingerprint: 'f1',
    recorded: { idpId: 7, secretFingerprint: 'f1' },
    ...facts,
  });
}

describe('what to tell Jira about us', () => {
  it('everything, when it has no entry of ours', () => {
    expect(plan({ idps: [stranger], recorded: undefined })).toEqual({
      kind: 'create',
      idp: {
        name: 'Gatehouse',
        enabled: true,
        buttonText: 'Log in with single sign-on',
        'enable-remember-me': true,
        'include-customer-logins': true,
        'sso-type': 'OIDC',
        'issuer-url': issuer,
        'client-id': 'jira',
        'client-secret': 'the-secret',
        'discovery-enabled': true,
        'additional-scopes': [],
        'username-claim': '${preferred_username}',
        'jit-configuration': { 'user-provisioning-enabled': false },
      },
    });
  });

  it('nothing, when it knows everything', () => {
    expect(plan({})).toEqual({ kind: 'keep', id: 7 });
  });

  it('the secret, when it is not the one told last', () => {
    expect(plan({ secretFingerprint: 'f2' })).toEqual({
      kind: 'change',
      id: 7,
      change: { 'client-secret': 'the-secret' },
      because: ['client-secret'],
    });
  });

  it('the secret, when we do not know what was told: the answer to an earlier request was lost', () => {
    expect(plan({ recorded: undefined })).toMatchObject({ kind: 'change', id: 7, because: ['client-secret'] });
  });

  it.each<[string, Partial<IdpConfig>]>([
    ['username-claim', { 'username-claim': 'sub' }],
    ['discovery-enabled', { 'discovery-enabled': false }],
    ['jit-configuration', { 'jit-configuration': { 'user-provisioning-enabled': true } }],
    ['additional-scopes', { 'additional-scopes': ['groups'] }],
    ['sso-type', { 'sso-type': 'NONE' }],
  ])('only %s, when only that differs', (name, difference) => {
    const planned = plan({ idps: [{ ...entry, ...difference }] });
    expect(planned).toMatchObject({ kind: 'change', id: 7, because: [name] });
    expect(planned.kind === 'change' && Object.keys(planned.change)).toEqual([name]);
  });

  it.each<[string, Partial<IdpConfig>]>([
    ['switched us off', { enabled: false }],
    ['chose another text', { buttonText: 'Company login' }],
    ['gave another name', { name: 'Company' }],
    ['hid us from customers', { 'include-customer-logins': false }],
  ])('nothing, when an administrator %s', (_, difference) => {
    expect(plan({ idps: [{ ...entry, ...difference }] })).toEqual({ kind: 'keep', id: 7 });
  });

  it('the new address, when PUBLIC_URL changed', () => {
    expect(plan({ issuer: 'https://new.example/_sso/oidc' })).toMatchObject({
      kind: 'change',
      id: 7,
      because: ['issuer-url'],
    });
  });

  it('never overwrites an entry of somebody else that has our old number', () => {
    expect(plan({ idps: [{ ...stranger, id: 7 }] })).toMatchObject({ kind: 'create' });
  });

  it('takes what Jira leaves out for switched off and empty', () => {
    const short = { ...entry };
    delete short['additional-scopes'];
    delete short['jit-configuration'];
    expect(plan({ idps: [short] })).toEqual({ kind: 'keep', id: 7 });
  });

  it('opens the password form and the way back to it, and nothing else', () => {
    expect(
      planFallback({
        'show-login-form': true,
        'enable-authentication-fallback': false,
        'show-login-form-for-jsm': false,
      }),
    ).toEqual({
      'enable-authentication-fallback': true,
    });
    expect(planFallback({ 'show-login-form': false, 'enable-authentication-fallback': true })).toEqual({
      'show-login-form': true,
    });
    expect(planFallback({ 'show-login-form': true, 'enable-authentication-fallback': true })).toBeUndefined();
  });
});
