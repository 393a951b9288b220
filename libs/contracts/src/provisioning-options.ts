import { z } from 'zod';
import { NamePatterns } from './name-pattern.js';

const Values = z.array(z.string().max(255)).min(1).max(100);

/** X31: who of a directory is provisioned at all. Everybody else is kept and answered over SCIM, and never touched in Jira. */
export const OnlyUsers = z
  .strictObject({
    groups: z
      .array(z.string().min(1).max(255))
      .max(1_000)
      .default([])
      .describe(
        'Not empty: only people of at least one of these groups of the directory, also through groups inside of it.',
      ),
    attributes: z
      .record(z.string().min(1).max(255), Values)
      .default({})
      .describe('Each of these attributes of SCIM, such as `userType`, must have one of its values; a list: in it.'),
  })
  .prefault({});

/** X32: what becomes of people whom a complete list of the provider's people does not have. */
export const CleanupOptions = z
  .strictObject({
    missing: z
      .enum(['deactivate', 'remove', 'keep'])
      .default('deactivate')
      .describe(
        '`deactivate`: as if the provider had sent `active: false`, which the provider can take back. `remove`: as if it had deleted them (`whenRemoved`). `keep`: nothing.',
      ),
    exceptNames: NamePatterns.default([]).describe('Never of these user names: patterns, as in `removeGroupsExcept`.'),
    exceptGroups: NamePatterns.default([]).describe(
      'Never of people in these groups of the directory, also through groups inside of them: patterns.',
    ),
  })
  .prefault({});
export type CleanupOptions = z.output<typeof CleanupOptions>;
