import { z } from 'zod';
import { ClaimSelector } from './claim-selector.js';
import { DirectoryMapping } from './directory-mapping.js';
import { GroupMapping } from './group-mapping.js';
import { TextSource } from './text-source.js';
import { UserProperties } from './user-properties.js';

/** What becomes of claims: whose account, which profile and properties, and which groups of Jira. */

const DisplayName = z.union([
  ...TextSource.options,
  z.strictObject({ givenNameClaim: ClaimSelector, familyNameClaim: ClaimSelector }),
]);

const howSources =
  'From one `claim`, or from a `template` such as `{given_name}.{family_name}`, changed by `transforms`.';

const Profile = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe('Off: signing in never changes e-mail address and name of a Jira user (read-only directories).'),
    updateExisting: z.boolean().default(true).describe('Off: only users that are created get them.'),
    username: TextSource.default({ claim: 'preferred_username' }).describe(
      `Jira username; best one that people cannot change themselves. ${howSources}`,
    ),
    email: TextSource.default({ claim: 'email' }).describe(
      `E-mail address; \`email_verified\` speaks for the claim \`email\` only. ${howSources}`,
    ),
    displayName: DisplayName.default({ givenNameClaim: 'given_name', familyNameClaim: 'family_name' }).describe(
      'One claim, a template, or given and family name.',
    ),
  })
  .prefault({});

export const Mapping = z
  .strictObject({
    profile: Profile,
    match: z
      .enum(['username', 'email'])
      .default('username')
      .describe(
        'By what an existing Jira user is found, without regard to case. An e-mail address that two users have is refused.',
      ),
    properties: UserProperties.describe(
      `User properties (entity properties) of Jira. A list is written with commas, anything nested as JSON. ${howSources}`,
    ),
    allowUserCreation: z.boolean().default(true).describe('Off: only people who have a Jira user already come in.'),
    autoActivate: z
      .boolean()
      .default(false)
      .describe(
        'On: signing in activates a deactivated Jira user again, unless a directory or an administrator deactivated it.',
      ),
    signInOverrulesDirectory: z
      .boolean()
      .default(false)
      .describe(
        'On, with autoActivate: signing in through this provider counts more than what a directory said before it. It lets people overrule an offboarding; an order of an administrator still holds.',
      ),
    creationNeedsMappedGroup: z
      .boolean()
      .default(false)
      .describe(
        'On: a user is created only for somebody whose groups lead to a Jira group; default groups do not count.',
      ),
    requiredGroups: z
      .array(z.string().min(1).max(255))
      .max(100)
      .default([])
      .describe(
        'Not empty: only people of at least one of these groups of the provider sign in, whether they have a Jira user or not.',
      ),
    groups: GroupMapping.prefault({}),
    directory: DirectoryMapping,
  })
  .superRefine(({ creationNeedsMappedGroup, groups }, context) => {
    if (!creationNeedsMappedGroup || groups.update !== 'off') return;
    const message = 'cannot be on with groups.update off: no group is mapped then, so nobody could be created';
    context.addIssue({ code: 'custom', path: ['creationNeedsMappedGroup'], message });
  });
