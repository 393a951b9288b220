import type { Config } from '@gatehouse/config';
import type { ConfigDocument, ProviderConfig } from '@gatehouse/contracts';
import { addressProblems } from '@gatehouse/relying-party';
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
  const faults = [...addressProblems(provider, production)];
  // The answer comes as a POST from another site: the browser sends the cookie only with SameSite=None, which needs Secure.
  if (provider.responseMode === 'form_post' && publicUrl.protocol !== 'https:')
    faults.push({ path: ['responseMode'], message: 'form_post needs an https PUBLIC_URL' });
  return faults;
}
