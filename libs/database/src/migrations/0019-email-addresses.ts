import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Providers that match people by e-mail address ask for it before every change: an index answers, not a look at everybody. */
export class EmailAddresses1763900190000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(folding);
    await runner.query(`
      -- Room for the next version of a row beside it: then a change that touches no index writes none.
      alter table directory.directory_user set (fillfactor = 85);
      alter table directory.directory_group set (fillfactor = 85);
      -- Generated, so that rows of older processes have it too; and a column, so that an update which leaves the
      -- addresses alone writes no index.
      alter table directory.directory_user add column email_keys text[]
        generated always as (case when resource ? 'emails' then directory.email_keys(resource -> 'emails') end) stored;
      create index directory_user_email on directory.directory_user using gin (email_keys)
        with (fastupdate = off); -- Otherwise every search reads what was added lately, and some insert sorts all of it in.
      create index directory_group_provider on directory.directory_group (provider, id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index directory.directory_group_provider');
    await runner.query('alter table directory.directory_user drop column email_keys');
    await runner.query('drop function directory.email_keys');
    for (const table of ['user', 'group'])
      await runner.query(`alter table directory.directory_${table} reset (fillfactor)`);
  }
}

/** As filters compare without case (libs/scim, `keyOf`). Cut, because an index takes no longer text. */
export const folding = `
create function directory.email_keys(emails jsonb) returns text[] language plpgsql immutable parallel safe as $$
begin
  if jsonb_typeof(emails) <> 'array' then return null; end if;
  return array(
    select left(case when octet_length(value) = length(value) then lower(value collate "C")
      else normalize(lower(normalize(value) collate "und-x-icu")) collate "C" end, 300)
    from jsonb_array_elements(emails) as e (item) cross join lateral (select e.item ->> 'value' as value) as v
    where value is not null);
end $$`;
