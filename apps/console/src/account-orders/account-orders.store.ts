import { Injectable } from '@nestjs/common';
import { accountDeactivationOrdered, accountReactivationOrdered } from '@gatehouse/contracts';
import { Outbox } from '@gatehouse/messaging';
import { currentTraceId, newTraceId } from '@gatehouse/telemetry';
import type { EntityManager } from 'typeorm';

export type OrderKind = 'deactivate' | 'reactivate';

/** What administrators ordered of accounts. Nothing is overwritten: the newest holds, the others are its history. */
@Injectable()
export class AccountOrders {
  constructor(private readonly outbox: Outbox) {}

  /** In the transaction of the audit's line. @returns when it was ordered, by the database's clock */
  async give(
    manager: EntityManager,
    accountId: string,
    { kind, actor, reason }: { kind: OrderKind; actor: string; reason: string },
  ): Promise<Date> {
    const [row] = await manager.query<[{ ordered_at: Date }]>(giveOrder, [accountId, kind, actor, reason]);
    const event = kind === 'deactivate' ? accountDeactivationOrdered : accountReactivationOrdered;
    await this.outbox.publish(manager, event, { accountId, traceId: currentTraceId() ?? newTraceId() });
    return row.ordered_at;
  }
}

/** What directories say now is what a reactivation lifts: whatever they say later is a new version of their user. */
const giveOrder = `
insert into console.account_order (account_id, kind, actor, reason, lifts)
select $1, $2, $3, $4, case when $2 = 'reactivate' then coalesce(jsonb_object_agg(said.id, said.version)
    filter (where not said.active or said.deleted_at is not null), '{}') else '{}' end
from (values (true)) as always (row)
left join mapping.account_directory_user as linked on linked.account_id = $1
left join directory.directory_user as said on said.id = linked.directory_user_id
returning ordered_at`;
