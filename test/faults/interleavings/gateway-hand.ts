import { randomUUID } from 'node:crypto';
import { identityVerified } from '@gatehouse/contracts';
import { wordOf } from '@gatehouse/mapping';
import type { Outbox } from '@gatehouse/messaging';
import { newTraceId } from '@gatehouse/telemetry';
import type { DataSource } from 'typeorm';
import { joinUsableAccount } from '../../../apps/auth-gateway/src/entry/account.store.js';
import { isDeactivated } from '../../../apps/auth-gateway/src/entry/deactivation-sql.js';
import { providers } from './facts.js';
import type { Configuration, GroupsClaim, Provider, Rules, SignIn } from './facts.js';

/** What the configuration says about the words of directories. */
interface Policy {
  readonly unheeded: readonly string[];
  readonly overruling: readonly Provider[];
}

export function policyOf(configuration: Configuration | undefined): Policy {
  const those = (which: (rules: Rules) => boolean) =>
    providers.filter((key) => configuration !== undefined && which(configuration.rules[key]));
  return {
    unheeded: those(({ keepsRemoved }) => keepsRemoved).map((provider) => wordOf({ provider, standing: 'removed' })),
    overruling: those(({ autoActivate, overrules }) => autoActivate && overrules),
  };
}

/** What the callback commits: who is deactivated by its own look writes nothing, whoever is usable has a session at once. */
export class GatewayHand {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  /** @returns whether the person came in */
  async signIn({ person, provider, groups: claim, number, team }: SignIn, policy: Policy): Promise<boolean> {
    const claims = {
      preferred_username: person,
      email: `${person}${number}@example.com`,
      email_verified: true,
      given_name: person,
      family_name: String(number),
      ...(team === undefined ? {} : { team }),
      ...claimOf(claim),
    };
    const traceId = newTraceId();
    return this.dataSource.transaction(async (manager) => {
      const rows = await manager.query<{ id: string }[]>(keepIdentity, [
        ...[provider, person, JSON.stringify(claims)],
        ...[policy.unheeded, policy.overruling],
      ]);
      const [row] = rows;
      if (!row) return false;
      await manager.query(openSession, [row.id, randomUUID(), randomUUID()]);
      await this.outbox.publish(manager, identityVerified, { identityId: row.id, traceId });
      return true;
    });
  }
}

function claimOf(claim: GroupsClaim): Record<string, unknown> {
  switch (claim.kind) {
    case 'list':
      return { groups: claim.names };
    case 'partial':
      return { groups: claim.names, _claim_names: { groups: 'src1' } };
    case 'overage':
      return { _claim_names: { groups: 'src1' } };
    case 'malformed':
      return { groups: { dev: true } };
    case 'absent':
      return {};
  }
}

const barred = isDeactivated({
  provider: '$1::text',
  subject: '$2::text',
  username: '$2::text',
  account: '(select account_id from known)',
  unheeded: '$4::text[]',
  overruling: '$5::text[]',
  signsInNow: true,
});

const keepIdentity = `
with known as (
  select link.account_id from gateway.identity who join mapping.account_identity link on link.identity_id = who.id
  where who.provider = $1 and who.subject = $2
)
insert into gateway.identity (provider, issuer, subject, claims)
select $1, 'https://idp.example', $2, $3::jsonb where not ${barred}
on conflict (provider, issuer, subject) do update
  set claims = excluded.claims, claims_changed_at = now(), verified_at = now()
returning id`;

const openSession = `
insert into gateway.session (id, token_hash, identity_id, account_id, expires_at)
select $2::uuid, $3, who.id, ai.account_id, now() + interval '1000 days'
from gateway.identity who ${joinUsableAccount('who.id', '24')} where who.id = $1`;
