import type { KnownConfig } from '@gatehouse/config';
import type { KnownProvider } from '@gatehouse/contracts';
import type { Fault } from './config-fault.js';

type Here = Pick<KnownConfig, 'production' | 'publicUrl'>;

/** What is right in a document, but not for an installation like this one. */
export function faultsHere(providers: ReadonlyMap<string, KnownProvider>, here: Here): readonly Fault[] {
  return [...providers].flatMap(([key, { values }]) =>
    faultsOf(values, here).map(({ path, message }) => ({ path: ['providers', key, ...path], message })),
  );
}

function faultsOf(provider: KnownProvider['values'], { production, publicUrl }: Here): readonly Fault[] {
  const faults: Fault[] = [];
  // O29: whoever sits on the way of http reads the secret and the tokens, and writes the keys that verify them.
  if (production)
    for (const [path, url] of addressesOf(provider))
      if (!url.startsWith('https://')) faults.push({ path, message: 'must be https in production' });
  // The answer comes as a POST from another site: the browser sends the cookie only with SameSite=None, which needs Secure.
  if (provider.responseMode === 'form_post' && publicUrl && publicUrl.protocol !== 'https:')
    faults.push({ path: ['responseMode'], message: 'form_post needs an https PUBLIC_URL' });
  return faults;
}

function addressesOf({
  issuer,
  endpoints,
  jwksUrl,
  logoutUrl,
}: KnownProvider['values']): [readonly string[], string][] {
  const all: [readonly string[], string | undefined][] = [
    [['issuer'], issuer],
    ...Object.entries(endpoints ?? {}).map(([name, url]): [string[], string | undefined] => [['endpoints', name], url]),
    [['jwksUrl'], jwksUrl],
    [['logoutUrl'], logoutUrl],
  ];
  return all.flatMap(([path, url]) => (url === undefined ? [] : [[path, url]]));
}
