import { Inject } from '@nestjs/common';
import { directorySyncDue, ownMember, pullDirectory } from '@gatehouse/contracts';
import type { CleanupOptions, PayloadOf } from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import type { LiveConfig } from '@gatehouse/database';
import { GatehouseError } from '@gatehouse/errors';
import { Handles, Leases, Outbox } from '@gatehouse/messaging';
import type { JobContext, Lease } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { DataSource } from 'typeorm';
import { CognitoPools } from './aws.cognito-pools.js';
import type { CognitoPool } from './cognito-pool.js';
import { pulledProvider } from './pulled-provider.js';
import type { PulledProvider } from './pulled-provider.js';
import type { Sync } from './pull-sync.js';
import { PullSteps } from './pull-steps.service.js';
import { PullSyncs } from './pull-syncs.store.js';

/** Then others of the lane get their turn, a new configuration is read, and whoever cancelled is obeyed. */
const sliceMs = 5_000;

/** Reads the directory of one provider, a slice at a time; each page and its place are one commit. */
@Handles(pullDirectory)
export class PullDirectoryHandler {
  constructor(
    private readonly liveConfig: LiveConfigReader,
    private readonly dataSource: DataSource,
    private readonly leases: Leases,
    private readonly outbox: Outbox,
    private readonly pools: CognitoPools,
    private readonly syncs: PullSyncs,
    private readonly steps: PullSteps,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws DeferredError `lease.held` while another process is at this provider */
  async handle({ provider }: PayloadOf<typeof pullDirectory>, context: JobContext): Promise<void> {
    await this.leases.hold(`pull-directory/${provider}`, async (lease) => {
      const live = await this.liveConfig.newest();
      const pulled = pulledProvider(ownMember(live.document.providers, provider));
      const sync = await this.syncs.open(provider, pulled?.pullSync);
      if (!sync || !pulled) return;
      // Whoever changes the configuration and then asks for a sync means the new one: the next run has it.
      if ((await this.liveConfig.newest()).version === live.version) await this.slice(sync, pulled, live, lease);
      // It goes on; or it has ended, and somebody may have asked for another one meanwhile.
      await this.dataSource.transaction(async (manager) => {
        const next = { provider, traceId: sync.traceId };
        await this.outbox.publish(manager, directorySyncDue, next, {
          context: { ...single(context), traceId: sync.traceId },
        });
        await context.settle(manager);
      });
    });
  }

  private async slice(first: Sync, pulled: PulledProvider, live: LiveConfig, lease: Lease): Promise<void> {
    const { provider: configured, pullSync } = pulled;
    const until = performance.now() + sliceMs;
    let sync: Sync | undefined = first;
    let pool: CognitoPool | undefined;
    try {
      pool = await this.pools.open(first.provider, configured, pullSync, live.secrets);
      while (sync && performance.now() < until) {
        const goesOn = await this.steps.take(sync, {
          ...{ pool, lease, userPoolId: pullSync.userPoolId, withGroups: pullSync.groups },
          trustUnverifiedEmail: configured.trustUnverifiedEmail,
          brake: live.document.settings.brake,
          cleanup: ownMember(live.document.mappings, first.provider)?.directory.cleanup ?? keepsAll,
        });
        sync = goesOn ? await this.syncs.open(first.provider, pullSync) : undefined;
        if (!goesOn) this.logger.info({ provider: first.provider, sync: first.id }, 'the directory was read');
      }
    } catch (error) {
      if (error instanceof GatehouseError) await this.syncs.noteProblem(sync ?? first, error.code);
      throw error;
    } finally {
      pool?.close();
    }
  }
}

/** Without a mapping nothing says what is to become of anybody. */
const keepsAll: CleanupOptions = { missing: 'keep', exceptNames: [], exceptGroups: [] };

/** One row, not one for each time that it was asked for. */
function single({ job, lane, attempt, settle }: JobContext): Omit<JobContext, 'traceId'> {
  return { job, lane, attempt, settle };
}
