import { z } from 'zod';
import { DirectoryLinking, DirectoryProvisioning } from './directory-linking.js';
import { NamePatterns } from './name-pattern.js';
import { CleanupOptions, OnlyUsers } from './provisioning-options.js';
import { TextSource } from './text-source.js';
import { UserProperties } from './user-properties.js';

/**
 * What the people mean whom a provider's directory pushes: attributes of SCIM's User (RFC 7643 4.1) take the place of
 * claims. Groups are mapped by `groups`, whoever says them.
 */
export const DirectoryMapping = z
  .strictObject({
    provisioning: DirectoryProvisioning,
    linking: DirectoryLinking,
    username: TextSource.default({ claim: 'userName' }).describe('Jira username.'),
    email: TextSource.default({ claim: 'email' }).describe(
      '`email` is the primary one of `emails`, or else the first. It counts as verified.',
    ),
    displayName: TextSource.default({ claim: 'displayName' }).describe(
      '`displayName` is, where the directory has none, `name.formatted`, or else given and family name.',
    ),
    properties: UserProperties.describe(
      'User properties of Jira, as `properties` of the mapping gives them from claims.',
    ),
    importUsers: z
      .boolean()
      .default(true)
      .describe(
        'Whom the directory has gets a Jira user before signing in. Off: with the first sign-in only; Jira users who are there already are found all the same.',
      ),
    updateUsers: z
      .boolean()
      .default(true)
      .describe(
        'Changes of the directory reach the name, the e-mail address and the properties of Jira users who exist. Off: only users that are created get name and address from it, and what sign-ins say counts. Groups follow in any case.',
      ),
    deactivateUsers: z
      .boolean()
      .default(true)
      .describe(
        'Whom the directory marks inactive or removes loses access. Off: its word means nothing, neither in Jira nor for signing in.',
      ),
    onlyUsers: OnlyUsers.describe('Who is provisioned. Left empty: everybody. Nobody else is touched in Jira.'),
    cleanup: CleanupOptions.describe('Who becomes what when a complete list of people lacks them.'),
    whenRemoved: z
      .enum(['deactivate', 'remove', 'keep'])
      .default('deactivate')
      .describe(
        'What becomes of somebody whom the directory removes. `remove`: deactivated, and their Jira user removed for good, if Gatehouse made it and Jira lets it go: whoever has written an issue or a comment there stays deactivated. `keep`: nothing. Whom it marks inactive is deactivated in any case.',
      ),
    removeGroupsExcept: NamePatterns.optional().describe(
      'Given: who is deactivated by the directory leaves all Jira groups but these, and those of administrators: names, with `*` for any characters, or `regex:` and an expression (RE2). Left out: groups stay.',
    ),
  })
  .prefault({});
