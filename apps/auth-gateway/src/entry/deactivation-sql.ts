interface Person {
  readonly provider: string;
  readonly subject: string;
  /** Folded; null where it is not known. */
  readonly username: string;
  /** Null while the identity belongs to none. */
  readonly account: string;
  /** Of `DirectoryPolicy`. */
  readonly unheeded: string;
  readonly overruling: string;
  /** The person has just proved who they are, which no row says yet. */
  readonly signsInNow?: boolean;
}

/**
 * Whether somebody is deactivated by what directories and administrators say at this moment, however far the queues are
 * behind (promises 7 and 8). `decideDeactivation` of libs/mapping decides the same of the same rows. A directory's user
 * belongs to the account it was linked to; one that was not linked yet is known by the provider's id or by its name. Whoever
 * was inactive when removed is inactive still, until their directory has had them again (`readWords`).
 * Somebody who is found twice changes nothing, and to find that out PostgreSQL would read the provider's people in order.
 * Arguments are SQL, never a value, and so is what it returns: a condition.
 */
export function isDeactivated({ provider, subject, username, account, signsInNow, ...policy }: Person): string {
  const known = (condition: string) =>
    `select known.id from directory.directory_user known where known.provider = asked.provider and ${condition}`;
  const byOverruling = signsInNow ? `asked.provider = any(${policy.overruling}) or` : '';
  return `exists (
  select from (select ${account} as account_id, ${provider} as provider, ${subject} as subject, ${username} as username) as asked
  left join lateral (
    select given.kind, given.lifts from console.account_order given
    where given.account_id = asked.account_id order by given.id desc limit 1) as newest on true
  where newest.kind = 'deactivate' or exists (
    select from (
      select said.provider, said.active, said.deleted_at, said.version,
        coalesce(said.deleted_at, 'infinity') = max(coalesce(said.deleted_at, 'infinity')) over (partition by said.provider) as is_last,
        (newest.lifts ->> said.id::text)::bigint as lifted,
        not (${byOverruling} exists (
          select from mapping.account_identity own where own.account_id = asked.account_id and (
            select proved.provider = any(${policy.overruling}) and proved.verified_at > said.changed_at
            from gateway.identity proved where proved.id = own.identity_id))) as counts
      from (
        select linked.directory_user_id as id from mapping.account_directory_user linked
        where linked.account_id = asked.account_id
        union all ${known('known.external_id = asked.subject')}
        union all ${known('known.user_name_folded = asked.username and known.deleted_at is null')}
        union all ${known('known.user_name_folded = asked.username and known.deleted_at is not null')}
      ) as meant
      join directory.directory_user said on said.id = meant.id
      left join mapping.account_directory_user link on link.directory_user_id = said.id
      where link.account_id is null or asked.account_id is null or link.account_id = asked.account_id
    ) as word
    having bool_or(word.counts and not word.active and word.is_last
        and coalesce(word.lifted < word.version - (word.deleted_at is not null)::integer, true)
        and not (word.provider || '/inactive') = any(${policy.unheeded}))
      or not bool_or(word.active and word.deleted_at is null)
        and bool_or(word.counts and word.deleted_at is not null and coalesce(word.lifted < word.version, true)
          and not (word.provider || '/removed') = any(${policy.unheeded}))))`;
}
