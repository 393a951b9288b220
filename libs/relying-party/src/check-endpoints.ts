import type { CheckedProvider, ProviderCheck } from './provider-check.js';
import { refusalOf } from './reach.js';
import type { Reach } from './reach.js';

const names = {
  authorization_endpoint: 'authorization endpoint',
  token_endpoint: 'token endpoint',
  userinfo_endpoint: 'userinfo endpoint',
  jwks_uri: 'key set',
  end_session_endpoint: 'end-session endpoint',
} as const;

/** Which hosts take part: an administrator should recognize every one of them (O29). */
export function checkEndpoints({ provider, metadata, reach }: CheckedProvider): ProviderCheck[] {
  const given = Object.entries(names).flatMap(([member, name]) => {
    const address = metadata[member as keyof typeof names];
    return address === undefined ? [] : [{ name, url: new URL(address) }];
  });
  const issuerHost = new URL(provider.issuer).host;
  const elsewhere = given.filter(({ url }) => url.host !== issuerHost);
  const lines = given.flatMap(({ name, url }) => refused(name, url, reach));
  if (provider.userinfo === 'required' && metadata.userinfo_endpoint === undefined)
    lines.push(
      failed('Userinfo is required, and the provider names no userinfo endpoint.', 'Set userinfo to optional or off.'),
    );
  const text =
    elsewhere.length === 0
      ? "Every endpoint is on the issuer's host."
      : `On other hosts than the issuer's: ${elsewhere.map(({ name, url }) => `${name} (${url.host})`).join(', ')}.`;
  return [...lines, { check: 'endpoints', outcome: 'ok', text }];
}

function refused(name: string, url: URL, reach: Reach): ProviderCheck[] {
  const reason = refusalOf(url, reach);
  return reason === undefined
    ? []
    : [failed(`The ${name} (${url.host}) cannot be used: ${reason}.`, 'Correct the address.')];
}

function failed(text: string, fix: string): ProviderCheck {
  return { check: 'endpoints', outcome: 'failed', text, fix };
}
