import { identityMappingDue, remapProvider } from '@gatehouse/contracts';
import type { PayloadOf } from '@gatehouse/contracts';
import { Handles, Outbox } from '@gatehouse/messaging';
import type { JobContext } from '@gatehouse/messaging';
import { DataSource } from 'typeorm';
import { RemapsStore } from './remaps.store.js';

/** Bounds memory, the size of one commit, and what a kill costs. */
const pageSize = 500;

/** Sends every identity of a provider on to be mapped again; whoever signs in meanwhile is simply mapped twice. */
@Handles(remapProvider)
export class RemapProviderHandler {
  constructor(
    private readonly dataSource: DataSource,
    private readonly remaps: RemapsStore,
    private readonly outbox: Outbox,
  ) {}

  async handle(payload: PayloadOf<typeof remapProvider>, context: JobContext): Promise<void> {
    await this.dataSource.transaction((manager) => this.remaps.begin(manager, payload.provider));
    for (let isLast = false; !isLast;) isLast = await this.sendPage(payload, context);
  }

  /** Page and cursor in one commit. @returns true after the last page, which also settles the job */
  private async sendPage(
    { provider, traceId }: PayloadOf<typeof remapProvider>,
    context: JobContext,
  ): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      const page = await this.remaps.nextPage(manager, provider, pageSize);
      const isLast = page.length < pageSize;
      const due = page.map((identityId) => ({ identityId, traceId }));
      await this.outbox.publishAll(manager, identityMappingDue, due, { context: withOneTrace(context) });
      await this.remaps.advance(manager, provider, page, isLast);
      if (isLast) await context.settle(manager);
      return isLast;
    });
  }
}

/** One row for each person, not one for each person and configuration that was applied meanwhile. */
function withOneTrace({ job, lane, attempt, traceId, settle }: JobContext): JobContext {
  return { job, lane, attempt, traceId, settle };
}
