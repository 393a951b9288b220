import { Injectable } from '@nestjs/common';
import type { Duplicates } from '@gatehouse/contracts';
import { DataSource } from 'typeorm';

type Item = Duplicates['items'][number];

const accountsShown = 20;

/** Accounts that may be one person. Two accounts never have one name but for its case: they would be one. */
@Injectable()
export class DuplicatePeople {
  constructor(private readonly dataSource: DataSource) {}

  /** @param after kind and value of the last one seen */
  async page(limit: number, after: readonly [string, string] | undefined): Promise<readonly Item[]> {
    return this.dataSource.query<Item[]>(duplicates, [limit, after?.[0] ?? '', after?.[1] ?? '']);
  }
}

/** As in the index of migration 14. */
const withoutAccents = `lower(regexp_replace(normalize(name_folded, nfkd), '[\\u0300-\\u036f]', '', 'g'))`;
const email = `lower(content ->> 'email')`;

const duplicates = `
with shared as (
  (select 'email' as by, ${email} as value, count(*)::integer as count,
     (array_agg(account_id order by account_id))[1:${accountsShown}] as ids
   from mapping.desired_access
   where content ->> 'email' <> '' and ('email', ${email}) > ($2::text, $3::text)
   group by ${email} having count(*) > 1 order by ${email} limit $1)
  union all
  (select 'name', ${withoutAccents}, count(*)::integer, (array_agg(id order by id))[1:${accountsShown}]
   from mapping.account
   where ('name', ${withoutAccents}) > ($2::text, $3::text)
     and (exists (select from mapping.account_identity linked where linked.account_id = account.id)
       or exists (select from mapping.account_directory_user linked where linked.account_id = account.id))
   group by ${withoutAccents} having count(*) > 1 order by ${withoutAccents} limit $1)
)
select by, value, count, (
  select jsonb_agg(jsonb_build_object('account', account.id, 'name', account.name_folded, 'username', jira.username,
    'email', desired.content ->> 'email', 'providers', array(
      select identity.provider from mapping.account_identity linked
      join gateway.identity identity on identity.id = linked.identity_id where linked.account_id = account.id
      union select person.provider from mapping.account_directory_user linked
      join directory.directory_user person on person.id = linked.directory_user_id where linked.account_id = account.id
      order by 1))
    order by account.id)
  from mapping.account account
  left join mapping.desired_access desired on desired.account_id = account.id
  left join sync.jira_account jira on jira.account_id = account.id
  where account.id = any(shared.ids)) as accounts
from shared order by by, value limit $1`;
