import { lookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent } from 'undici';
import { mayConnectTo, refusedAddress } from './reach.js';
import type { Destination } from './reach.js';

/** A provider that answers more than this is broken or hostile; reading on would only cost memory (O51). */
const bodyBytesMax = 1_048_576;
/** A page of 60 people of a directory, each with fifty attributes of 2,048 characters. */
const pageBytesMax = 8 * bodyBytesMax;
const connectMs = 3_000;

export class AddressRefusedError extends Error {
  readonly code = 'ADDRESS_REFUSED';

  constructor(reason: string) {
    super(reason);
    this.name = 'AddressRefusedError';
  }
}

/**
 * Resolves as the system does and keeps the addresses that may be connected to. The connection is made to just these,
 * so a name that resolves to something else a moment later gains nothing (DNS rebinding).
 */
export function guardedLookup(destination: Destination): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      const permitted = error ? [] : addresses.filter(({ address }) => mayConnectTo(address, destination));
      const [first] = permitted;
      if (!first) callback(error ?? new AddressRefusedError(refusedAddress), []);
      else if (options.all) callback(null, permitted);
      else callback(null, first.address, first.family);
    });
  };
}

/**
 * Connections are kept and shared by all sign-ins; undici's own, because `fetch` costs four times as much a request.
 * One agent for each kind of destination: a kept connection of one provider is never a way in for another.
 */
export const agents: Readonly<Record<Destination, Agent>> = agentsFor(bodyBytesMax);

/** The same rules for addresses, for answers that list a directory. */
export const pageAgents: Readonly<Record<Destination, Agent>> = agentsFor(pageBytesMax);

function agentsFor(maxResponseSize: number): Readonly<Record<Destination, Agent>> {
  return {
    public: agentFor('public', maxResponseSize),
    'public-or-loopback': agentFor('public-or-loopback', maxResponseSize),
    listed: agentFor('listed', maxResponseSize),
  };
}

function agentFor(destination: Destination, maxResponseSize: number): Agent {
  return new Agent({
    maxResponseSize,
    connect: { timeout: connectMs, lookup: guardedLookup(destination) },
  });
}
