import { z } from 'zod';

/**
 * What we read of Jira's REST answers, restated from the 10.3 contract. Jira adds fields between versions,
 * so unknown ones are dropped; the ones we decide by must be there.
 */
const groupList = z.object({
  size: z.int().nonnegative(),
  items: z.array(z.object({ name: z.string().min(1) })),
});

const personFields = {
  key: z.string().min(1),
  name: z.string().min(1),
  // Users of an external directory may have none; an empty address never equals a verified one.
  emailAddress: z
    .string()
    .nullish()
    .transform((email) => email ?? ''),
  displayName: z.string(),
  active: z.boolean(),
};

/** Of newer versions, and said in more than one way: what is no moment is as if it were not there. */
const lastLogin = z
  .unknown()
  .optional()
  .transform((time) => {
    const at = typeof time === 'string' || typeof time === 'number' ? new Date(time) : undefined;
    return at && !Number.isNaN(at.getTime()) ? at : undefined;
  });

export const userAnswer = z.object({ ...personFields, lastLoginTime: lastLogin, groups: groupList.optional() });
export type UserAnswer = z.output<typeof userAnswer>;

export const groupAnswer = z.object({ name: z.string().min(1) });

export const serverInfoAnswer = z.object({
  baseUrl: z.url({ protocol: /^https?$/ }),
  version: z.string().min(1),
});

/** Of a page of members only that it is one. */
export const memberPageAnswer = z.object({ values: z.array(z.unknown()) });

export const memberCountAnswer = z.object({ total: z.int().min(0) });

export const memberNamesAnswer = z.object({
  values: z.array(z.object({ name: z.string().min(1), active: z.boolean().optional() })),
});

export const membersAnswer = z.object({ isLast: z.boolean(), values: z.array(z.object(personFields)) });

/** Of a user that may be deleted. */
export const nameHolderAnswer = z.object({ key: z.string().min(1), deleted: z.boolean().optional() });

/** By username. The description of the API names another shape here; this is the one of its guide. */
export const duplicatedUsersAnswer = z.record(
  z.string(),
  z.array(z.object({ directoryName: z.string(), userActive: z.boolean() })),
);

export const foundGroupsAnswer = z.object({
  total: z.int().nonnegative(),
  groups: z.array(z.object({ name: z.string().min(1) })),
});

/** Of all projects, who leads them; a bare list. */
export const projectLeadsAnswer = z.array(z.object({ lead: z.object({ key: z.string() }).nullish() }));

/** A bare list, without a total. */
export const foundUsersAnswer = z.array(z.object(personFields));

export const propertyKeysAnswer = z.object({ keys: z.array(z.object({ key: z.string().min(1) })) });

export const propertyAnswer = z.object({ value: z.unknown() });

/** No limit is said in two ways: by its own member, and by a number below zero. */
export const applicationRolesAnswer = z.array(
  z
    .object({
      key: z.string().min(1),
      name: z.string(),
      groups: z.array(z.string()),
      hasUnlimitedSeats: z.boolean().optional(),
      numberOfSeats: z.int().optional(),
      remainingSeats: z.int(),
    })
    .transform(({ key, name, groups, hasUnlimitedSeats, numberOfSeats, remainingSeats }) => {
      const isUnlimited = hasUnlimitedSeats ?? (numberOfSeats ?? remainingSeats) < 0;
      return { key, name, groups, remainingSeats: isUnlimited ? null : remainingSeats };
    }),
);

const permission = z.object({ havePermission: z.boolean() });

export const permissionsAnswer = z.object({
  permissions: z.object({ ADMINISTER: permission.optional(), SYSTEM_ADMIN: permission.optional() }),
});

/** Jira's own error envelope. Either half may be empty; filters, plugins and proxies in front of it use other shapes. */
export const errorEnvelope = z.object({
  errorMessages: z.array(z.string()),
  errors: z.record(z.string(), z.string()),
});
