import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Provider, providerAddresses } from '@gatehouse/contracts';
import { certificate, certificateExpiresAt } from '../../../../libs/contracts/test/certificate.js';
import { shownProvider } from './shown-provider.js';

const addresses = providerAddresses(new URL('https://jira.example.com/_sso/'), 'company');
const day = 86_400_000;

function shown(change: object, { daysBeforeExpiry = 400, storedAt = [] as [string, Date][] } = {}) {
  const provider = Provider.parse({ name: 'Company', issuer: 'https://idp.example', clientId: 'jira', ...change });
  const now = new Date(certificateExpiresAt.getTime() - daysBeforeExpiry * day);
  return shownProvider('company', provider, { addresses, storedAt: new Map(storedAt), now });
}

const stored: [string, Date][] = [['clientSecret', new Date('2026-01-02T03:04:05Z')]];

describe('a configured provider as it is shown', () => {
  it('S06 has the addresses to register, from PUBLIC_URL', () => {
    expect(shown({}).addresses).toEqual({
      callback: 'https://jira.example.com/_sso/callback/company',
      signedOut: 'https://jira.example.com/_sso/logged-out',
      backchannelLogout: 'https://jira.example.com/_sso/backchannel-logout/company',
    });
  });

  it('O76 tells of a secret only which it is and whether and when it was stored', () => {
    expect(shown({}, { storedAt: stored }).secret).toEqual({
      member: 'clientSecret',
      stored: true,
      storedAt: '2026-01-02T03:04:05.000Z',
    });
    expect(shown({ clientAuthentication: 'none' }).secret).toBeNull();
    const missing = shown({ clientAuthentication: 'private_key_jwt' }, { storedAt: stored });
    expect(missing.secret).toEqual({ member: 'clientKey', stored: false, storedAt: null });
    expect(missing.warnings).toEqual([{ path: 'clientKey', message: expect.stringContaining('No secret') }]);
  });

  it.each([
    [31, []],
    [30, ['expires in 30 days']],
    [0.5, ['expires in 1 days']],
    [-1, ['has expired']],
  ])('S16 P08 warns of a certificate %d days before its end: %j', (daysBeforeExpiry, messages) => {
    const { publicKeys, warnings } = shown({ publicKey: certificate }, { daysBeforeExpiry, storedAt: stored });
    expect(publicKeys).toEqual([{ kind: 'ec', expiresAt: certificateExpiresAt.toISOString() }]);
    expect(warnings).toEqual(
      messages.map((message) => ({ path: 'publicKey', message: expect.stringContaining(message) })),
    );
  });

  it('S16 knows no end of a bare key', () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(shown({ publicKey: pem }, { storedAt: stored })).toMatchObject({
      publicKeys: [{ kind: 'ed25519', expiresAt: null }],
      warnings: [],
    });
  });
});
