import type { Config } from '@gatehouse/config';
import type { ConfigDocument, ProviderConfig } from '@gatehouse/contracts';
import { ConfigInvalidError } from './config-invalid.js';
import type { ConfigSource } from './parse-config-text.js';
import { problemAt } from './validate-config.js';

/**
 * What is a valid document, but not for an installation like this one.
 * @throws ConfigInvalidError with the path of every fault
 */
export function assertUsableHere(
  source: ConfigSource,
  { providers }: ConfigDocument,
  config: Pick<Config, 'production' | 'publicUrl'>,
): void {
  const faults = Object.entries(providers).flatMap(([key, provider]) =>
    problemsOf(provider, config).map(({ path, message }) => ({ path: ['providers', key, ...path], message })),
  );
  if (faults.length > 0) throw new ConfigInvalidError(faults.map((fault) => problemAt(source, fault)));
}

function problemsOf(provider: ProviderConfig, { production, publicUrl }: Pick<Config, 'production' | 'publicUrl'>) {
  const faults: { path: readonly string[]; message: string }[] = [];
  // O29: whoever sits on the way of http reads the secret and the tokens, and writes the keys that verify them.
  if (production)
    for (const [path, url] of addressesOf(provider))
      if (!url.startsWith('https://')) faults.push({ path, message: 'must be https in production' });
  // The answer comes as a POST from another site: the browser sends the cookie only with SameSite=None, which needs Secure.
  if (provider.responseMode === 'form_post' && publicUrl.protocol !== 'https:')
    faults.push({ path: ['responseMode'], message: 'form_post needs an https PUBLIC_URL' });
  return faults;
}

function addressesOf({ issuer, endpoints, jwksUrl, logoutUrl }: ProviderConfig): [readonly string[], string][] {
  const all: [readonly string[], string | undefined][] = [
    [['issuer'], issuer],
    ...Object.entries(endpoints ?? {}).map(([name, url]): [string[], string | undefined] => [['endpoints', name], url]),
    [['jwksUrl'], jwksUrl],
    [['logoutUrl'], logoutUrl],
  ];
  return all.flatMap(([path, url]) => (url === undefined ? [] : [[path, url]]));
}
