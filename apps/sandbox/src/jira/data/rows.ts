import { z } from 'zod';

/** A user. `groups` holds folded group names: direct memberships, which stay while the user is inactive. */
export const UserRow = z.strictObject({
  key: z.string(),
  name: z.string(),
  emailAddress: z.string(),
  displayName: z.string(),
  active: z.boolean(),
  /** scrypt, or null for an account that no password opens. */
  password: z.string().nullable(),
  groups: z.array(z.string()),
  /** Left out: Jira's internal directory. One key may live in several, and the first in their order answers. */
  directory: z.string().optional(),
});
export type UserRow = z.infer<typeof UserRow>;

/** A group; its row key is its folded name. */
export const GroupRow = z.strictObject({ name: z.string() });
export type GroupRow = z.infer<typeof GroupRow>;

/** Entity properties of a user; its row key is the user's key, because they belong to no directory. */
export const PropertiesRow = z.record(z.string(), z.json());
export type PropertiesRow = z.infer<typeof PropertiesRow>;

/** An organisation of Jira Service Management. Names are not unique; members are user keys. */
export const OrganizationRow = z.strictObject({ id: z.number().int(), name: z.string(), members: z.array(z.string()) });
export type OrganizationRow = z.infer<typeof OrganizationRow>;

/** A service desk: user keys of its customers, ids of its organisations. */
export const DeskRow = z.strictObject({
  id: z.number().int(),
  projectKey: z.string(),
  projectName: z.string(),
  customers: z.array(z.string()),
  organizations: z.array(z.number().int()),
});
export type DeskRow = z.infer<typeof DeskRow>;

/** A browser's session or remember-me token; its row key is the SHA-256 of the cookie, so the file opens nothing. */
export const TicketRow = z.strictObject({ userKey: z.string(), expiresAt: z.number() });
export type TicketRow = z.infer<typeof TicketRow>;

/** An identity provider of the SSO app, with its secret. Field names are those of the REST resource. */
export const IdpRow = z.strictObject({
  id: z.number().int(),
  name: z.string(),
  enabled: z.boolean(),
  'sso-type': z.literal('OIDC'),
  buttonText: z.string(),
  'include-customer-logins': z.boolean(),
  'enable-remember-me': z.boolean(),
  'issuer-url': z.string(),
  'client-id': z.string(),
  'client-secret': z.string(),
  'discovery-enabled': z.boolean(),
  'authorization-endpoint': z.string().optional(),
  'token-endpoint': z.string().optional(),
  'userinfo-endpoint': z.string().optional(),
  'additional-scopes': z.array(z.string()),
  'username-claim': z.string(),
  'last-updated': z.string(),
});
export type IdpRow = z.infer<typeof IdpRow>;

export const SsoRow = z.strictObject({
  'show-login-form': z.boolean(),
  'show-login-form-for-jsm': z.boolean(),
  'enable-authentication-fallback': z.boolean(),
  'discovery-refresh-cron': z.string(),
  'last-updated': z.string(),
});
export type SsoRow = z.infer<typeof SsoRow>;

/** Numbers already given away: keys and ids are never used twice, whatever was deleted. */
export const SequenceRow = z.strictObject({ last: z.number().int() });
export type SequenceRow = z.infer<typeof SequenceRow>;

function change<Table extends string, Row extends z.ZodType>(table: Table, row: Row) {
  return z.strictObject({ table: z.literal(table), key: z.string(), value: row.nullable() });
}

/** One row put, or removed when `value` is null. */
export const Change = z.discriminatedUnion('table', [
  change('users', UserRow),
  change('deleted', UserRow),
  change('groups', GroupRow),
  change('properties', PropertiesRow),
  change('organizations', OrganizationRow),
  change('desks', DeskRow),
  change('sessions', TicketRow),
  change('remembered', TicketRow),
  change('idps', IdpRow),
  change('sso', SsoRow),
  change('sequences', SequenceRow),
]);
export type Change = z.infer<typeof Change>;
