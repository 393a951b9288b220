import { Inject } from '@nestjs/common';
import { endSessions } from '@gatehouse/contracts';
import type { PayloadOf } from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import { Handles } from '@gatehouse/messaging';
import type { JobContext } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { DataSource } from 'typeorm';
import { linkedIdentity } from '../entry/account.store.js';
import { isDeactivated } from '../entry/deactivation-sql.js';
import { directoryPolicyOf } from '../entry/directory-policy.js';
import { endingSessions } from './session-sql.js';

/**
 * Nobody is let in with them any more, whether or not this job has run: who asks for a session asks for the directory's
 * and the administrator's word too. This makes it last beyond the day on which the account is activated again.
 */
@Handles(endSessions)
export class EndSessionsHandler {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly dataSource: DataSource,
    private readonly liveConfig: LiveConfigReader,
  ) {}

  async handle({ accountId }: PayloadOf<typeof endSessions>, context: JobContext): Promise<void> {
    const { unheeded, overruling } = directoryPolicyOf((await this.liveConfig.current()).document);
    const ended = await this.dataSource.transaction(async (manager) => {
      const [row] = await manager.query<[{ ended: number }]>(endAll, [accountId, unheeded, overruling]);
      await context.settle(manager);
      return row.ended;
    });
    if (ended > 0) this.logger.info({ account: accountId, ended }, 'sessions of a deactivated account were ended');
  }
}

/**
 * Of before the decision, because whoever was activated again meanwhile may have signed in since; and whenever they were
 * opened, where the person is deactivated at this moment.
 */
const endAll = `
with ${endingSessions({
  from: `from mapping.desired_access decided, gateway.identity who
    left join mapping.account_identity link on link.identity_id = who.id`,
  which: `decided.account_id = $1 and session.account_id = $1 and who.id = session.identity_id
    and (session.created_at <= decided.decided_at or ${isDeactivated({
      ...linkedIdentity('who', 'link'),
      account: 'session.account_id',
      unheeded: '$2::text[]',
      overruling: '$3::text[]',
    })})`,
  reason: `'deactivated'`,
})}
select (select count(*)::integer from ended) as ended, (select count(*) from told) as told`;
