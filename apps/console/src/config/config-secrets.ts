import {
  clientKeyProblem,
  providerSecrets,
  pullSyncSecret,
  secretOfAuthentication,
  withoutProviderSecrets,
} from '@gatehouse/contracts';
import type { ConfigDocument, ConfigExport, KnownProvider, ProviderSecret, SecretValue } from '@gatehouse/contracts';
import type { Fault } from './config-fault.js';
import { givenPullSyncSecret, knownPullSyncPlace, pullSyncPlace } from './pull-sync-secret.js';
import { destinationOf, movedPart } from './secret-destination.js';
import type { SecretDestination } from './secret-destination.js';

export interface SecretPlace {
  readonly name: string;
  readonly path: readonly string[];
  /** Nothing works without it. */
  readonly required: boolean;
  /** Whom the secret is shown to. */
  readonly destination: SecretDestination;
}

export interface GivenSecrets {
  /** By name, e.g. `providers.cognito.clientSecret`. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Every variable that is not set, and every secret that is not usable or not used. */
  readonly faults: readonly Fault[];
}

/** `{ env: NAME }` is read now, so that what is stored is what was checked. */
export function readSecrets(
  providers: ReadonlyMap<string, KnownProvider>,
  variable: (name: string) => string | undefined,
): GivenSecrets {
  const secrets = new Map<string, string>();
  const faults: Fault[] = [];
  for (const [key, provider] of providers) {
    const { values } = provider;
    for (const member of providerSecrets)
      take(values[member], ['providers', key, member], (value, path) => misuse(values, member, value, path));
    take(givenPullSyncSecret(provider), ['providers', key, ...pullSyncSecret], () => undefined);
  }
  return { secrets, faults };

  function take(
    given: SecretValue | undefined,
    path: readonly string[],
    problem: (value: string, path: readonly string[]) => Fault | undefined,
  ): void {
    if (given === undefined) return;
    const value = typeof given === 'string' ? given : variable(given.env);
    const fault = value ? problem(value, path) : unset(given, path);
    if (fault) faults.push(fault);
    else if (value) secrets.set(path.join('.'), value);
  }
}

/** One for each secret that a provider needs; a stored one of another kind has no place and is deleted. */
export function secretPlaces({ providers }: Pick<ConfigExport, 'providers'>): readonly SecretPlace[] {
  return Object.entries(providers).flatMap(([key, provider]) => {
    const member = secretOfAuthentication(provider.clientAuthentication);
    const places = pullSyncPlace(key, provider);
    if (!member) return places;
    const path = ['providers', key, member];
    const place = { name: path.join('.'), path, required: provider.enabled, destination: destinationOf(provider) };
    return [place, ...places];
  });
}

function misuse(
  { clientAuthentication }: KnownProvider['values'],
  member: ProviderSecret,
  value: string,
  path: readonly string[],
): Fault | undefined {
  if (clientAuthentication === undefined) return undefined; // It is wrong itself, which is said there.
  if (secretOfAuthentication(clientAuthentication) !== member)
    return { path, message: `not used with clientAuthentication ${clientAuthentication}: leave it out` };
  if (clientAuthentication !== 'private_key_jwt' && clientAuthentication !== 'apple') return undefined;
  const message = clientKeyProblem(value, clientAuthentication);
  return message === undefined ? undefined : { path, message };
}

function unset(given: SecretValue, path: readonly string[]): Fault | undefined {
  if (typeof given === 'string') return undefined;
  const message = `the environment variable ${given.env} is not set, or is one of Gatehouse's own`;
  return { path: [...path, 'env'], message };
}

/**
 * A stored secret is good only for where it was given for: otherwise whoever may edit an address, but does not know the
 * secret, could have it sent to a server of theirs.
 * @param storedFor destinations by the names of the stored secrets
 * @returns where an enabled provider has no secret, or a stored one would go elsewhere
 */
export function missingSecrets(
  places: readonly SecretPlace[],
  given: ReadonlySet<string>,
  storedFor: ReadonlyMap<string, SecretDestination | undefined>,
): readonly Fault[] {
  return places.flatMap(({ name, path, required, destination }) => {
    if (given.has(name)) return [];
    if (!storedFor.has(name))
      return required ? [{ path, message: 'required: no secret is stored for this provider yet' }] : [];
    const moved = movedPart(storedFor.get(name), destination);
    return moved ? [{ path, message: `required again, because the ${moved} changed` }] : [];
  });
}

/** Of a document that is wrong somewhere: the places of which everything is known that decides about their secret. */
export function knownPlaces(providers: ReadonlyMap<string, KnownProvider>): readonly SecretPlace[] {
  return [...providers].flatMap(([key, provider]) => [
    ...knownPlace(key, provider),
    ...knownPullSyncPlace(key, provider),
  ]);
}

function knownPlace(key: string, { values, wrong }: KnownProvider): readonly SecretPlace[] {
  const { issuer, endpoints, enabled, clientAuthentication } = values;
  const decides = ['issuer', 'endpoints', 'enabled', 'clientAuthentication', ...providerSecrets];
  if (decides.some((member) => wrong.has(member))) return [];
  if (issuer === undefined || enabled === undefined || clientAuthentication === undefined) return [];
  const member = secretOfAuthentication(clientAuthentication);
  if (!member || values[member] !== undefined) return []; // What is given and wrong is said already.
  const path = ['providers', key, member];
  return [{ name: path.join('.'), path, required: enabled, destination: destinationOf({ issuer, endpoints }) }];
}

export function withoutSecrets(full: ConfigDocument): ConfigExport {
  const providers = Object.entries(full.providers).map(
    ([key, provider]) => [key, withoutProviderSecrets(provider)] as const,
  );
  return { ...full, providers: Object.fromEntries(providers) };
}
