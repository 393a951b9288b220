import type { DirectoryUserContent, Written } from '@gatehouse/directory';
import type { Row } from '@gatehouse/scim';

/** What was written, as it would be read. @param memberships as `Resources` reads them */
export function userRow(
  { userName, externalId, active, resource }: DirectoryUserContent,
  written: Written,
  memberships: unknown,
): Row {
  const { id, version, createdAt, changedAt } = written;
  const times = { created_at: createdAt, changed_at: changedAt };
  return { id, version, ...times, user_name: userName, external_id: externalId, active, resource, memberships };
}
