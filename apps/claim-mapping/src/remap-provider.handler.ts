import { directoryUserMappingDue, identityMappingDue, remapProvider } from '@gatehouse/contracts';
import type { PayloadOf } from '@gatehouse/contracts';
import { Handles, Outbox } from '@gatehouse/messaging';
import type { JobContext } from '@gatehouse/messaging';
import { DataSource } from 'typeorm';
import { RemapsStore } from './remaps.store.js';
import { withOneTrace } from './with-one-trace.js';

/** Bounds memory, the size of one commit, and what a kill costs. */
const pageSize = 500;

/** Sends every identity of a provider, and everybody in its directory, on to be mapped again; whoever signs in meanwhile is simply mapped twice. */
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
      const options = { context: withOneTrace(context) };
      const identities = page.filter(({ fromDirectory }) => !fromDirectory);
      const people = page.filter(({ fromDirectory }) => fromDirectory);
      await this.outbox.publishAll(
        manager,
        identityMappingDue,
        identities.map(({ id: identityId }) => ({ identityId, traceId })),
        options,
      );
      await this.outbox.publishAll(
        manager,
        directoryUserMappingDue,
        people.map(({ id: directoryUserId }) => ({ directoryUserId, traceId })),
        options,
      );
      await this.remaps.advance(manager, provider, page, isLast);
      if (isLast) await context.settle(manager);
      return isLast;
    });
  }
}
