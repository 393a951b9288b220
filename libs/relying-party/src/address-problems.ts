import type { ProviderConfig } from '@gatehouse/contracts';
import { isHttpsOrOwnMachine, reachOf, refusalOf } from './reach.js';

export interface AddressProblem {
  /** Below the provider. */
  readonly path: readonly string[];
  readonly message: string;
}

/** Members that are wrong by themselves are left out. */
type Written = Partial<
  Pick<ProviderConfig, 'issuer' | 'allowedHosts' | 'endpoints' | 'jwksUrl' | 'logoutUrl' | 'pullSync'>
>;

/** Only a browser goes there, which may reach what this server must not. */
const browsersOnly = new Set(['endpoints.authorization', 'endpoints.endSession', 'logoutUrl']);

/**
 * Written addresses that a sign-in would refuse to call, so that they are refused when they are saved and not when the
 * first person signs in: by the very rule of the calls (O29, O77). A name is judged again where it is resolved.
 */
export function addressProblems(provider: Written, production: boolean): readonly AddressProblem[] {
  const { issuer, allowedHosts } = provider;
  return addressesOf(provider).flatMap(([path, url]) => {
    if (!isHttpsOrOwnMachine(url, production)) return [{ path, message: production ? inProduction : elsewhere }];
    // A directory is a place of its own: that the issuer is on this machine says nothing about it.
    const from = path[0] === 'pullSync' ? url.href : issuer;
    const reach =
      from !== undefined && allowedHosts !== undefined && reachOf({ issuer: from, allowedHosts }, production);
    const refusal = reach && !browsersOnly.has(path.join('.')) ? refusalOf(url, reach) : undefined;
    return refusal === undefined ? [] : [{ path, message: `would never be called: ${refusal}` }];
  });
}

const inProduction = 'must be https in production';
const elsewhere = 'must be https; http is only for a provider on this machine itself, such as localhost';

function addressesOf({ issuer, endpoints, jwksUrl, logoutUrl, pullSync }: Written): [readonly string[], URL][] {
  const all: [readonly string[], string | undefined][] = [
    [['issuer'], issuer],
    ...Object.entries(endpoints ?? {}).map(([name, url]): [string[], string | undefined] => [['endpoints', name], url]),
    [['jwksUrl'], jwksUrl],
    [['logoutUrl'], logoutUrl],
    [['pullSync', 'endpoint'], pullSync?.endpoint],
  ];
  return all.flatMap(([path, url]) => (url === undefined || !URL.canParse(url) ? [] : [[path, new URL(url)]]));
}
