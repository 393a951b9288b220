import { z } from 'zod';

/**
 * The request and response bodies of Jira's REST as this project understands them. The stand-in is built on them
 * and `test/contracts/jira-contract.spec.ts` holds them against Atlassian's OpenAPI and recorded exchanges.
 * Requests are strict, because Jira's own mapper refuses a field it does not know.
 */
const AvatarUrls = z.strictObject({
  '48x48': z.string(),
  '24x24': z.string(),
  '16x16': z.string(),
  '32x32': z.string(),
});

/** A member of `group/member`. */
export const MemberBean = z.strictObject({
  self: z.string(),
  name: z.string(),
  key: z.string(),
  emailAddress: z.string(),
  avatarUrls: AvatarUrls,
  displayName: z.string(),
  active: z.boolean(),
  timeZone: z.string(),
});
export type MemberBean = z.infer<typeof MemberBean>;

/** An element of `user/search`. */
export const FoundUserBean = MemberBean.extend({ deleted: z.boolean(), locale: z.string() });
export type FoundUserBean = z.infer<typeof FoundUserBean>;

/** `items` is empty unless the caller expands it; `size` is right either way. */
function expandable<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ size: z.number().int(), items: z.array(item) });
}

/** `GET /user`, `/myself`, and what create and update answer. */
export const UserBean = FoundUserBean.extend({
  groups: expandable(z.strictObject({ name: z.string(), self: z.string() })),
  applicationRoles: expandable(z.strictObject({ key: z.string(), name: z.string() })),
  expand: z.literal('groups,applicationRoles'),
});
export type UserBean = z.infer<typeof UserBean>;

const userFields = {
  name: z.string(),
  emailAddress: z.string(),
  displayName: z.string(),
  active: z.boolean(),
  password: z.string(),
  notification: z.union([z.string(), z.boolean()]),
  applicationKeys: z.array(z.string()),
  key: z.string(),
  self: z.string(),
};
/** Body of create and update. What Jira requires it says field by field, so every field is optional here. */
export const UserWriteBean = z.strictObject(userFields).partial();
export type UserWriteBean = z.infer<typeof UserWriteBean>;

export const PasswordBean = z.strictObject({ password: z.string().min(1) });

export const GroupBean = z.strictObject({
  name: z.string(),
  self: z.string(),
  users: z.strictObject({
    size: z.number().int(),
    items: z.array(MemberBean),
    'max-results': z.number().int(),
    'start-index': z.number().int(),
    'end-index': z.number().int(),
  }),
  expand: z.literal('users'),
});
export type GroupBean = z.infer<typeof GroupBean>;

export const AddGroupBean = z.strictObject({ name: z.string().optional() });
export const UpdateUserToGroupBean = z.strictObject({ name: z.string().optional() });

export const MemberPage = z.strictObject({
  self: z.string(),
  nextPage: z.string().optional(),
  maxResults: z.number().int(),
  startAt: z.number().int(),
  total: z.number().int(),
  isLast: z.boolean(),
  values: z.array(MemberBean),
});
export type MemberPage = z.infer<typeof MemberPage>;

export const ServerInfoBean = z.strictObject({
  baseUrl: z.string(),
  version: z.string(),
  versionNumbers: z.array(z.number().int()),
  deploymentType: z.literal('Server'),
  buildNumber: z.number().int(),
  buildDate: z.string(),
  databaseBuildNumber: z.number().int(),
  serverTime: z.string(),
  scmInfo: z.string(),
  serverTitle: z.string(),
});
export type ServerInfoBean = z.infer<typeof ServerInfoBean>;

export const ApplicationRoleBean = z.strictObject({
  key: z.string(),
  groups: z.array(z.string()),
  name: z.string(),
  defaultGroups: z.array(z.string()),
  selectedByDefault: z.boolean(),
  defined: z.boolean(),
  numberOfSeats: z.number().int(),
  remainingSeats: z.number().int(),
  userCount: z.number().int(),
  userCountDescription: z.string(),
  hasUnlimitedSeats: z.boolean(),
  platform: z.boolean(),
});
export type ApplicationRoleBean = z.infer<typeof ApplicationRoleBean>;

/** Either half may be empty. */
export const ErrorCollection = z.strictObject({
  errorMessages: z.array(z.string()),
  errors: z.record(z.string(), z.string()),
});
export type ErrorCollection = z.infer<typeof ErrorCollection>;

/** One of `permissions` in `GET /mypermissions`. */
export const PermissionBean = z.strictObject({
  id: z.string(),
  key: z.string(),
  name: z.string(),
  type: z.literal('GLOBAL'),
  description: z.string(),
  havePermission: z.boolean(),
});
export type PermissionBean = z.infer<typeof PermissionBean>;
