import {
  clientKeyProblem,
  providerSecrets,
  secretOfAuthentication,
  withoutProviderSecrets,
} from '@gatehouse/contracts';
import type { ConfigDocument, ConfigExport, ProviderConfig, ProviderSecret } from '@gatehouse/contracts';
import type { ConfigSource } from './parse-config-text.js';
import { problemAt } from './validate-config.js';
import { ConfigInvalidError } from './config-invalid.js';
import { destinationOf, movedPart } from './secret-destination.js';
import type { SecretDestination } from './secret-destination.js';

export interface SeparatedConfig {
  readonly document: ConfigExport;
  /** Given ones by name, e.g. `providers.cognito.clientSecret`. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Every name the document has a place for; stored secrets of other names are deleted. */
  readonly places: readonly SecretPlace[];
}

export interface SecretPlace {
  readonly name: string;
  readonly path: readonly string[];
  /** Nothing works without it. */
  readonly required: boolean;
  /** Whom the secret is shown to. */
  readonly destination: SecretDestination;
}

interface Fault {
  readonly path: readonly string[];
  readonly message: string;
}

/**
 * Takes the secrets out of the document; `{ env: NAME }` is read now, so that what is stored is what was checked.
 * @throws ConfigInvalidError naming every variable that is not set, and every secret that is not usable or not used
 */
export function separateSecrets(
  source: ConfigSource,
  full: ConfigDocument,
  variable: (name: string) => string | undefined,
): SeparatedConfig {
  const secrets = new Map<string, string>();
  const faults: Fault[] = [];
  const places = secretPlaces(full);
  for (const [key, provider] of Object.entries(full.providers)) {
    for (const member of providerSecrets) {
      const given = provider[member];
      if (given === undefined) continue;
      const path = ['providers', key, member];
      const value = typeof given === 'string' ? given : variable(given.env);
      const fault = value ? misuse(provider, member, value, path) : unset(given, path);
      if (fault) faults.push(fault);
      else if (value) secrets.set(path.join('.'), value);
    }
  }
  if (faults.length > 0) throw new ConfigInvalidError(faults.map((fault) => problemAt(source, fault)));
  return { document: withoutSecrets(full), secrets, places };
}

/** One for each provider that proves itself with a secret; a stored one of another kind has no place and is deleted. */
export function secretPlaces({ providers }: Pick<ConfigExport, 'providers'>): readonly SecretPlace[] {
  return Object.entries(providers).flatMap(([key, provider]) => {
    const member = secretOfAuthentication(provider.clientAuthentication);
    if (!member) return [];
    const path = ['providers', key, member];
    return [{ name: path.join('.'), path, required: provider.enabled, destination: destinationOf(provider) }];
  });
}

function misuse(
  { clientAuthentication }: ProviderConfig,
  member: ProviderSecret,
  value: string,
  path: readonly string[],
): Fault | undefined {
  if (secretOfAuthentication(clientAuthentication) !== member)
    return { path, message: `not used with clientAuthentication ${clientAuthentication}: leave it out` };
  if (clientAuthentication !== 'private_key_jwt' && clientAuthentication !== 'apple') return undefined;
  const message = clientKeyProblem(value, clientAuthentication);
  return message === undefined ? undefined : { path, message };
}

function unset(given: NonNullable<ProviderConfig[ProviderSecret]>, path: readonly string[]): Fault | undefined {
  if (typeof given === 'string') return undefined;
  const message = `the environment variable ${given.env} is not set, or is one of Gatehouse's own`;
  return { path: [...path, 'env'], message };
}

/**
 * A stored secret is good only for where it was given for: otherwise whoever may edit an address, but does not know the
 * secret, could have it sent to a server of theirs.
 * @param storedFor destinations by the names of the stored secrets
 * @throws ConfigInvalidError where an enabled provider has no secret, or a stored one would go elsewhere
 */
export function assertSecretsComplete(
  source: ConfigSource,
  { secrets, places }: SeparatedConfig,
  storedFor: ReadonlyMap<string, SecretDestination | undefined>,
): void {
  const faults = places.flatMap(({ name, path, required, destination }) => {
    if (secrets.has(name)) return [];
    if (!storedFor.has(name))
      return required ? [{ path, message: 'required: no secret is stored for this provider yet' }] : [];
    const moved = movedPart(storedFor.get(name), destination);
    return moved ? [{ path, message: `required again, because the ${moved} changed` }] : [];
  });
  if (faults.length > 0) throw new ConfigInvalidError(faults.map((fault) => problemAt(source, fault)));
}

export function withoutSecrets(full: ConfigDocument): ConfigExport {
  const providers = Object.entries(full.providers).map(
    ([key, provider]) => [key, withoutProviderSecrets(provider)] as const,
  );
  return { ...full, providers: Object.fromEntries(providers) };
}
