import { Injectable } from '@nestjs/common';
import type { PlanTotals } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';

const validMinutes = 60;
/** A few first sign-ins while somebody reads a plan are no reason to make it again. */
const newAccountsMin = 10;
const newAccountsPercentMax = 1;

export interface CompletePlan {
  readonly id: string;
  readonly baseVersion: number;
  readonly print: string;
  readonly begun: Begun;
  readonly totals: Omit<PlanTotals, 'expiresAt'>;
  readonly actor: string;
}

export interface Begun {
  readonly at: Date;
  readonly accounts: number;
  /** Identities, and people of directories, without an account. */
  readonly unlinked: number;
}

interface Row {
  readonly base_version: number;
  readonly document_print: string;
  readonly accounts: number;
  readonly new_accounts: number;
}

/** Plans that were made to their end. */
@Injectable()
export class Plans {
  constructor(private readonly dataSource: DataSource) {}

  async begin(): Promise<Begun> {
    const [begun] = await this.dataSource.query<[Begun]>(
      `select clock_timestamp() as at,
         (select count(*)::integer from mapping.account) as accounts,
         (select count(*)::integer from gateway.identity as identity where not exists (
            select from mapping.account_identity as link
            where link.identity_id = identity.id and link.account_id is not null))
         + (select count(*)::integer from directory.directory_user as person where not exists (
            select from mapping.account_directory_user as link
            where link.directory_user_id = person.id and link.account_id is not null)) as unlinked`,
    );
    return begun;
  }

  /** @throws TerminalError `plan.stale` when another configuration has been applied meanwhile */
  async complete({ id, baseVersion, print, begun, totals, actor }: CompletePlan): Promise<Date> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('delete from console.plan where expires_at < now()');
      const [row] = await manager.query<{ expires_at: Date }[]>(
        `insert into console.plan (id, base_version, document_print, begun_at, accounts, totals, actor, expires_at)
         select $1, $2, $3, $4, $5, $6, $7, now() + make_interval(mins => ${validMinutes})
         where (select coalesce(max(version), 0) from console.config_version) = $2
         returning expires_at`,
        [id, baseVersion, print, begun.at, begun.accounts, JSON.stringify(totals), actor],
      );
      if (!row) throw stale('Another configuration was applied while this plan was made.');
      return row.expires_at;
    });
  }

  /**
   * In the transaction of the apply, which nobody else's can overtake.
   * @throws TerminalError `plan.missing`, `plan.stale` or `plan.differs`
   */
  async require(manager: EntityManager, id: string, version: number, print: string): Promise<void> {
    const [plan] = await manager.query<Row[]>(
      `select base_version, document_print, accounts,
         (select count(*)::integer from mapping.account where created_at > plan.begun_at) as new_accounts
       from console.plan where id = $1 and expires_at > now()`,
      [id],
    );
    if (!plan) throw new TerminalError('plan.missing', 'There is no complete plan of this id, or not any more.');
    if (plan.base_version !== version)
      throw stale(`The plan was made on version ${plan.base_version}, and version ${version} holds now.`);
    if (plan.document_print !== print) throw new TerminalError('plan.differs', 'This is not the document of the plan.');
    const newAccountsMax = Math.max(newAccountsMin, (plan.accounts * newAccountsPercentMax) / 100);
    if (plan.new_accounts > newAccountsMax)
      throw stale(`Since the plan was made ${plan.new_accounts} people were added to ${plan.accounts}.`);
  }
}

function stale(message: string): TerminalError {
  return new TerminalError('plan.stale', message);
}
