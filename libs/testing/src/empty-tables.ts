/**
 * Empties tables that a running service reads and writes meanwhile.
 *
 * TRUNCATE takes its locks in the order in which tables are named, a statement of the service in another: that is a
 * deadlock now and then, of which PostgreSQL ends the one or the other. Giving way before PostgreSQL looks for one
 * (`deadlock_timeout`, 1 s) and taking all locks anew ends neither.
 *
 * @param tables names from the test itself, with their schemas; what refers to them is emptied as well
 * @throws when the tables are locked for 30 s without an end
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
