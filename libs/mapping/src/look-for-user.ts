import type { DesiredAccess } from './desired-access.js';
import { soleUserOf } from './match-account.js';
import type { JiraUserFacts } from './match-account.js';

/** What can be asked of Jira. */
interface Questions<User> {
  byName(username: string): Promise<User | undefined>;
  byEmail(email: string): Promise<readonly User[]>;
}

/**
 * Asks Jira for the user that an account without a key may become, in the order that was decided. A name by which nobody
 * may be linked is asked for last: it is taken all the same.
 */
export async function lookForUser<User extends JiraUserFacts>(
  { username, email, matchBy, adoption }: DesiredAccess,
  jira: Questions<User>,
): Promise<User | 'several' | undefined> {
  const ways = adoption?.by ?? [matchBy];
  const word = adoption?.word;
  for (const way of ways) {
    const found = way === 'email' ? soleUserOf(email, await shown()) : await jira.byName(username);
    if (found !== undefined) return found;
  }
  return adoption === undefined || ways.includes('username') ? undefined : jira.byName(username);

  async function shown(): Promise<readonly User[]> {
    const users = await jira.byEmail(email);
    return word?.verdict === 'separate' ? users.filter(({ key }) => key !== word.jiraKey) : users;
  }
}
