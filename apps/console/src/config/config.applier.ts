import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { mappingChanged, providerSecrets } from '@gatehouse/contracts';
import type { ConfigApplied, ConfigExport } from '@gatehouse/contracts';
import { advisoryLocks, Encryption, secretPlace } from '@gatehouse/database';
import { Outbox } from '@gatehouse/messaging';
import { currentTraceId, LOGGER, newTraceId } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { auditedChanges, documentChanges, secretChanges } from './config-changes.js';
import { checkConfig } from './check-config.js';
import type { CheckedConfig } from './check-config.js';
import { inGroups } from './config-fault.js';
import type { Fault } from './config-fault.js';
import { ConfigInvalidError } from './config-invalid.js';
import { knownPlaces, missingSecrets, secretPlaces, withoutSecrets } from './config-secrets.js';
import type { SecretPlace } from './config-secrets.js';
import { configWarnings } from './config-warnings.js';
import { readStoredConfig, writeConfig } from './config.store.js';
import type { StoredConfig } from './config.store.js';
import { documentPrint } from './document-print.js';
import type { ConfigSource } from './parse-config-text.js';
import type { SecretDestination } from './secret-destination.js';
import { Plans } from '../plans/plans.store.js';
import { ProviderTests } from '../provider-tests/provider-tests.store.js';
import { whatATestProves } from '../provider-tests/what-a-test-proves.js';
import { providersToRemap } from './providers-to-remap.js';

interface GivenConfig {
  readonly document: ConfigExport;
  readonly secrets: ReadonlyMap<string, string>;
  /** Every name the document has a place for; stored secrets of other names are deleted. */
  readonly places: readonly SecretPlace[];
}

export interface ApplyOptions {
  /** For the audit: `token:<name>`, `file:<name>` or `seed`. */
  readonly actor: string;
  /** Looks at the version that holds while nobody else can change it, and throws to stop. */
  readonly precondition?: (version: number) => void;
  readonly dryRun?: boolean;
  /** Only if this plan foresaw exactly this document on the version that holds. */
  readonly plan?: string | undefined;
  readonly note?: string | undefined;
  readonly restoredFrom?: number | undefined;
}

/** A document that could be applied, and what it is compared with. */
export interface Tried {
  readonly applied: ConfigApplied;
  readonly saved: ConfigExport;
  readonly edited: ConfigExport;
  /** Equal for equal documents with equal secrets, and tells nothing of either. */
  readonly print: string;
}

@Injectable()
export class ConfigApplier {
  constructor(
    private readonly dataSource: DataSource,
    private readonly encryption: Encryption,
    private readonly outbox: Outbox,
    private readonly tests: ProviderTests,
    private readonly plans: Plans,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  current(): Promise<StoredConfig> {
    return readStoredConfig(this.dataSource.manager);
  }

  /**
   * All or nothing, in one commit. The same document with the same secrets makes no new version.
   * @throws ConfigInvalidError, or what the precondition throws
   */
  async apply(source: ConfigSource, options: ApplyOptions): Promise<ConfigApplied> {
    const { applied } = await this.attempt(source, options);
    if (applied.changed && !options.dryRun) {
      this.logger.info({ actor: options.actor, version: applied.version }, 'a new configuration holds');
      for (const warning of applied.warnings) this.logger.warn(warning, 'the new configuration may not be as meant');
    }
    return applied;
  }

  /** The same up to the write. @throws ConfigInvalidError */
  try(source: ConfigSource, actor: string): Promise<Tried> {
    return this.attempt(source, { actor, dryRun: true });
  }

  private async attempt(source: ConfigSource, options: ApplyOptions): Promise<Tried> {
    const checked = checkConfig(source, this.config);
    const { document } = checked;
    if (!document) throw ConfigInvalidError.of(source, await this.everythingWrongWith(checked), checked.more);
    return this.dataSource.transaction(async (manager) => {
      // One writer at a time, whichever replica it is in.
      await manager.query('select pg_advisory_xact_lock($1)', [advisoryLocks.applyConfig]);
      const stored = await readStoredConfig(manager);
      options.precondition?.(stored.version);
      const places = secretPlaces(document);
      const missing = missingSecrets(places, new Set(checked.secrets.keys()), destinationsOf(stored));
      if (missing.length > 0) throw ConfigInvalidError.of(source, missing);
      const given = { document: withoutSecrets(document), secrets: checked.secrets, places };
      const print = this.printOf(given);
      if (options.plan !== undefined) await this.plans.require(manager, options.plan, stored.version, print);
      const applied = await this.write(manager, stored, given, options);
      return { applied, saved: stored.document, edited: given.document, print };
    });
  }

  private printOf({ document, secrets }: GivenConfig): string {
    return this.encryption.fingerprint(documentPrint(document, this.fingerprintsOf(secrets)));
  }

  private fingerprintsOf(secrets: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
    return new Map([...secrets].map(([name, value]) => [name, this.encryption.fingerprint(value)]));
  }

  /** Secrets that are missing too, so that they are not the next surprise. */
  private async everythingWrongWith({ faults, providers }: CheckedConfig): Promise<readonly Fault[]> {
    const stored = destinationsOf(await this.current());
    return inGroups([...faults, ...missingSecrets(knownPlaces(providers), new Set(), stored)]);
  }

  private async write(
    manager: EntityManager,
    stored: StoredConfig,
    { document, secrets, places }: GivenConfig,
    { actor, dryRun, note, restoredFrom, plan }: ApplyOptions,
  ): Promise<ConfigApplied> {
    const fingerprints = this.fingerprintsOf(secrets);
    const ofSecrets = secretChanges(stored.secrets, fingerprints, places);
    const changes = [...documentChanges(stored.document, document), ...ofSecrets];
    // The very first document is a version even if it only says what holds by default.
    const changed = changes.length > 0 || stored.version === 0;
    const untested = await this.untested(manager, stored, document, fingerprints);
    const warnings = configWarnings(document);
    if (!changed || dryRun) return { version: stored.version, changed, changes, untested, warnings };
    const sealed = ofSecrets
      .filter(({ change }) => change !== 'removed')
      .map(({ path: name }) => ({
        name,
        sealed: this.encryption.seal(secrets.get(name)!, secretPlace(name)),
        fingerprint: fingerprints.get(name)!,
      }));
    const removedSecrets = ofSecrets.filter(({ change }) => change === 'removed').map(({ path }) => path);
    const traceId = currentTraceId() ?? newTraceId();
    const told = [
      ...auditedChanges(stored.document, document),
      ...ofSecrets.map(({ path, change }) => ({ path, change })),
    ];
    const reasons = { note, restoredFrom, plan };
    const write = { document, actor, changes: told, traceId, sealed, removedSecrets, ...reasons };
    const version = await writeConfig(manager, write);
    // Before the first document nobody can have signed in.
    const providers = stored.version === 0 ? [] : providersToRemap(stored.document, document);
    const remaps = providers.map((provider) => ({ provider, configVersion: version, traceId }));
    await this.outbox.publishAll(manager, mappingChanged, remaps);
    return { version, changed, changes, untested, warnings };
  }

  /** U08: only said, because a document may have been tried elsewhere; the console asks before it saves. */
  private untested(
    manager: EntityManager,
    stored: StoredConfig,
    document: ConfigExport,
    given: ReadonlyMap<string, string>,
  ): Promise<string[]> {
    const secretOf = (of: ReadonlyMap<string, string>, key: string) =>
      providerSecrets.map((member) => of.get(`providers.${key}.${member}`)).find((found) => found !== undefined);
    const proof = (of: ConfigExport, secrets: ReadonlyMap<string, string>, key: string) =>
      Object.hasOwn(of.providers, key) && of.providers[key]!.enabled
        ? whatATestProves(of.providers[key]!, of.mappings[key]!, secretOf(secrets, key))
        : undefined;
    const secrets = new Map([...stored.secrets, ...given]);
    const proofs = Object.keys(document.providers).flatMap((key) => {
      const now = proof(document, secrets, key);
      return now === undefined || now === proof(stored.document, stored.secrets, key) ? [] : [[key, now] as const];
    });
    return this.tests.untested(manager, new Map(proofs));
  }
}

function destinationsOf({ secrets, document }: StoredConfig): ReadonlyMap<string, SecretDestination | undefined> {
  const known = new Map(secretPlaces(document).map(({ name, destination }) => [name, destination]));
  return new Map([...secrets.keys()].map((name) => [name, known.get(name)]));
}
