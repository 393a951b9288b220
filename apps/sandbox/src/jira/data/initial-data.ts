import { foldName } from './fold-name.js';
import { sealPassword } from './password.js';
import type { Change } from './rows.js';

export const administratorsGroup = 'jira-administrators';
export const softwareUsersGroup = 'jira-software-users';

const groups = [softwareUsersGroup, 'jira-developers', 'jira-support', administratorsGroup];

export const firstUserNumber = 10000;

/** What a fresh sandbox Jira holds: DESIGN section 6. */
export function initialData(): Change[] {
  return [
    ...groups.map((name): Change => ({ table: 'groups', key: foldName(name), value: { name } })),
    {
      table: 'users',
      key: `JIRAUSER${firstUserNumber}`,
      value: {
        key: `JIRAUSER${firstUserNumber}`,
        name: 'admin',
        emailAddress: 'admin@example.com',
        displayName: 'Jira Administrator',
        active: true,
        password: sealPassword('admin'),
        groups: [administratorsGroup, softwareUsersGroup],
      },
    },
    { table: 'sequences', key: 'user', value: { last: firstUserNumber } },
    { table: 'sequences', key: 'idp', value: { last: 0 } },
    { table: 'sequences', key: 'organization', value: { last: 0 } },
    {
      table: 'desks',
      key: '1',
      value: { id: 1, projectKey: 'HELP', projectName: 'Help Desk', customers: [], organizations: [] },
    },
    {
      table: 'sso',
      key: 'sso',
      value: {
        'show-login-form': true,
        'show-login-form-for-jsm': true,
        'enable-authentication-fallback': false,
        'discovery-refresh-cron': '0 0 * * * ?',
        'last-updated': new Date(0).toISOString(),
      },
    },
  ];
}
