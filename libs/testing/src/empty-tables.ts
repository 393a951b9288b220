/**
 * Empties tables that a running service reads and writes meanwhile.
 *
 * TRUNCATE takes its locks in the order in which tables are named, a statement of the service in another: that is a
 * deadlock now and then, of which PostgreSQL ends the one or the other after a second (`deadlock_timeout`). Whoever waits
 * for one lock for a tenth of that, and then gives all of them up and begins anew, ends neither.
 *
 * @param tables names from the test itself, with their schemas; what refers to them is emptied as well
 * @throws when it had to begin anew 300 times, after half a minute or more
 */
export async function emptyTables(
  client: { query(text: string): Promise<unknown> },
  ...tables: readonly string[]
): Promise<void> {
  await client.query(`do $$
    begin
      for attempt in 1 .. 300 loop
        begin
          perform set_config('lock_timeout', '100ms', true);
          truncate ${tables.join(', ')} cascade;
          return;
        exception when lock_not_available then
          null;
        end;
      end loop;
      raise 'the tables are still locked';
    end $$`);
}
