import type { KnownConfig } from '@gatehouse/config';
import type { KnownProvider } from '@gatehouse/contracts';
import { addressProblems } from '@gatehouse/relying-party';
import type { Fault } from './config-fault.js';

type Here = Pick<KnownConfig, 'production' | 'publicUrl'>;

/** What is right in a document, but not for an installation like this one. */
export function faultsHere(providers: ReadonlyMap<string, KnownProvider>, here: Here): readonly Fault[] {
  return [...providers].flatMap(([key, { values }]) =>
    faultsOf(values, here).map(({ path, message }) => ({ path: ['providers', key, ...path], message })),
  );
}

function faultsOf(provider: KnownProvider['values'], { production, publicUrl }: Here): readonly Fault[] {
  const faults: Fault[] = [...addressProblems(provider, production)];
  // The answer comes as a POST from another site: the browser sends the cookie only with SameSite=None, which needs Secure.
  if (provider.responseMode === 'form_post' && publicUrl && publicUrl.protocol !== 'https:')
    faults.push({ path: ['responseMode'], message: 'form_post needs an https PUBLIC_URL' });
  return faults;
}
