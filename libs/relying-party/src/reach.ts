import { isIP } from 'node:net';
import type { ProviderConfig } from '@gatehouse/contracts';
import { classifyAddress } from './classify-address.js';

/**
 * Which addresses are called on behalf of a provider. Its document and what it publishes name them, so without this
 * they would be a way to make this server ask its own network (server-side request forgery, O77).
 */
export interface Reach {
  /** Hosts that an administrator listed, without brackets, in lower case. */
  readonly listed: ReadonlySet<string>;
  /** Outside production: for a provider that lives on this machine itself, as the sandbox does. */
  readonly loopback: boolean;
  readonly production: boolean;
}

/** What a connection to one host may end at. */
export type Destination = 'public' | 'public-or-loopback' | 'listed';

export function reachOf(
  { issuer, allowedHosts }: Pick<ProviderConfig, 'issuer' | 'allowedHosts'>,
  production: boolean,
): Reach {
  return {
    listed: new Set(allowedHosts.map(bare)),
    loopback: !production && isLoopbackHost(bare(new URL(issuer).hostname)),
    production,
  };
}

/** @returns why this URL is not called, whatever its name resolves to */
export function refusalOf(url: URL, reach: Reach): string | undefined {
  const host = bare(url.hostname);
  if (!isHttpsOrOwnMachine(url, reach.production)) return 'its address is not https';
  if (url.username !== '' || url.password !== '') return 'its address holds a user name';
  // A name is looked at where it is resolved; an address is never resolved.
  if (isIP(host) !== 0 && !mayConnectTo(host, destinationOf(url, reach))) return refusedAddress;
  return undefined;
}

/** O29: on the way of http somebody may read the secret and the tokens, and write the keys that verify them. */
export function isHttpsOrOwnMachine({ protocol, hostname }: URL, production: boolean): boolean {
  return protocol === 'https:' || (protocol === 'http:' && !production && isLoopbackHost(bare(hostname)));
}

export const refusedAddress = 'its address is not a public one; list its host under allowedHosts if it is meant';

export function destinationOf({ hostname }: URL, { listed, loopback }: Reach): Destination {
  if (listed.has(bare(hostname))) return 'listed';
  return loopback ? 'public-or-loopback' : 'public';
}

export function mayConnectTo(address: string, destination: Destination): boolean {
  switch (classifyAddress(address)) {
    case 'public':
      return true;
    case 'loopback':
      return destination !== 'public';
    case 'private':
      return destination === 'listed';
    case 'never':
      return false;
  }
}

function isLoopbackHost(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost')) return true; // RFC 6761 6.3
  return isIP(host) !== 0 && classifyAddress(host) === 'loopback';
}

function bare(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}
