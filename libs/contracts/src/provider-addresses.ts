import { z } from 'zod';

/** What an identity provider has to be told of us. */
export const ProviderAddresses = z
  .strictObject({
    callback: z.string().describe('Redirect URI, callback or reply URL: allow exactly this one.'),
    signedOut: z.string().describe('Sign-out or post-logout redirect URL.'),
    backchannelLogout: z.string().describe('Where the provider may post logout tokens.'),
  })
  .meta({ id: 'ProviderAddresses' });
export type ProviderAddresses = z.output<typeof ProviderAddresses>;

/**
 * From what is configured alone: a Host header would let a stranger show an administrator somebody else's address (S06).
 * @param publicUrl of the gateway
 */
export function providerAddresses(publicUrl: URL, provider: string): ProviderAddresses {
  const base = publicUrl.href.replace(/\/+$/, '');
  return {
    callback: `${base}/callback/${provider}`,
    signedOut: `${base}/logged-out`,
    backchannelLogout: `${base}/backchannel-logout/${provider}`,
  };
}
