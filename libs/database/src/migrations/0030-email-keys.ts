import type { MigrationInterface, QueryRunner } from 'typeorm';
import { folding } from './0019-email-addresses.js';

/** The same keys from a function that costs a tenth: every change of a person calls it. */
export class EmailKeys1763900300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(foldingByLoop);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(folding.replace('create function', 'create or replace function'));
  }
}

/** Every expression is one that PL/pgSQL evaluates without a query of its own. */
const foldingByLoop = `
create or replace function directory.email_keys(emails jsonb) returns text[] language plpgsql immutable parallel safe as $$
declare
  keys text[] := '{}';
  value text;
begin
  if jsonb_typeof(emails) <> 'array' then return null; end if;
  for place in 0 .. jsonb_array_length(emails) - 1 loop
    value := emails -> place ->> 'value';
    continue when value is null;
    keys := keys || left(case when octet_length(value) = length(value) then lower(value collate "C")
      else normalize(lower(normalize(value) collate "und-x-icu")) collate "C" end, 300);
  end loop;
  return keys;
end $$`;
