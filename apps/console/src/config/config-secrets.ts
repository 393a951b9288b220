import type { ConfigDocument, ConfigExport } from '@gatehouse/contracts';
import type { ConfigSource } from './parse-config-text.js';
import { problemAt } from './validate-config.js';
import { ConfigInvalidError } from './config-invalid.js';

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
  readonly issuer: string;
}

/**
 * Takes the secrets out of the document; `{ env: NAME }` is read now, so that what is stored is what was checked.
 * @throws ConfigInvalidError naming every variable that is not set
 */
export function separateSecrets(
  source: ConfigSource,
  full: ConfigDocument,
  variable: (name: string) => string | undefined,
): SeparatedConfig {
  const secrets = new Map<string, string>();
  const faults: { path: readonly string[]; message: string }[] = [];
  const places: SecretPlace[] = [];
  for (const [key, { clientSecret, enabled, issuer }] of Object.entries(full.providers)) {
    const path = ['providers', key, 'clientSecret'];
    const name = path.join('.');
    places.push({ name, path, required: enabled, issuer });
    if (clientSecret === undefined) continue;
    const value = typeof clientSecret === 'string' ? clientSecret : variable(clientSecret.env);
    if (value) secrets.set(name, value);
    else if (typeof clientSecret !== 'string')
      faults.push({
        path: [...path, 'env'],
        message: `the environment variable ${clientSecret.env} is not set, or is one of Gatehouse's own`,
      });
  }
  if (faults.length > 0) throw new ConfigInvalidError(faults.map((fault) => problemAt(source, fault)));
  return { document: withoutSecrets(full), secrets, places };
}

/**
 * A stored secret is good only for the issuer it was given for: otherwise whoever may edit an address, but does not
 * know the secret, could have it sent to a server of theirs.
 * @param storedFor issuers by the names of the stored secrets
 * @throws ConfigInvalidError where an enabled provider has no secret, or a stored one would go to another issuer
 */
export function assertSecretsComplete(
  source: ConfigSource,
  { secrets, places }: SeparatedConfig,
  storedFor: ReadonlyMap<string, string | undefined>,
): void {
  const faults = places.flatMap(({ name, path, required, issuer }) => {
    if (secrets.has(name)) return [];
    if (!storedFor.has(name))
      return required ? [{ path, message: 'required: no secret is stored for this provider yet' }] : [];
    return storedFor.get(name) === issuer ? [] : [{ path, message: 'required again, because the issuer changed' }];
  });
  if (faults.length > 0) throw new ConfigInvalidError(faults.map((fault) => problemAt(source, fault)));
}

export function withoutSecrets(full: ConfigDocument): ConfigExport {
  const providers = Object.entries(full.providers).map(([key, provider]) => {
    const exported = { ...provider };
    delete exported.clientSecret;
    return [key, exported] as const;
  });
  return { ...full, providers: Object.fromEntries(providers) };
}
