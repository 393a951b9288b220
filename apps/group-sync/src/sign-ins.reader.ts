import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/**
 * How long after the provider's answer, and again after its code was redeemed, a sign-in may still be on its way into
 * Jira: a code lives for 60 s, and Jira looks the name up in the very request that redeems it.
 */
const onItsWaySeconds = 60;

/** What the gateway knows of people who are coming in. */
@Injectable()
export class SignIns {
  constructor(private readonly dataSource: DataSource) {}

  /** Whether anybody of this account is between the provider's answer and Jira's session. */
  async areUnderWay(accountId: string): Promise<boolean> {
    const rows = await this.dataSource.query<{ under_way: boolean }[]>(underWay, [accountId, onItsWaySeconds]);
    return rows[0]!.under_way;
  }
}

/** Waiting for the account; signed in just now; a code that Jira holds, or has redeemed just now. */
const underWay = `
select exists (
  select from gateway.login_transaction waiting
  join mapping.account_identity linked on linked.identity_id = waiting.identity_id
  where linked.account_id = $1 and waiting.finished_at is null and waiting.expires_at > now()
) or exists (
  select from gateway.session fresh
  where fresh.account_id = $1 and fresh.ended_at is null and fresh.created_at > now() - make_interval(secs => $2)
) or exists (
  select from gateway.session ours
  join gateway.op_model code on code.grant_id = ours.id::text and code.model = 'AuthorizationCode'
  where ours.account_id = $1 and ours.ended_at is null and case
    when code.consumed_at is null then code.expires_at > now()
    else code.consumed_at > now() - make_interval(secs => $2) end
) as under_way`;
