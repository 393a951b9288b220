import { JiraReader } from '@gatehouse/jira-client';
import type { JiraApplication, JiraReading } from '@gatehouse/jira-client';
import type { InMemoryJira } from './in-memory.jira-client.js';

/** The same Jira for questions, which are counted apart. */
export class InMemoryJiraReader extends JiraReader {
  /** Of applications without a limit as long as nobody says otherwise. */
  applications: JiraApplication[] = [];
  asked = 0;
  failure: Error | undefined;

  constructor(private readonly jira: () => InMemoryJira) {
    super();
  }

  begin(): JiraReading {
    return {
      findUser: (by) => this.answer(() => this.jira().findUser(by)),
      findUsersByEmail: (email) => this.answer(() => this.jira().findUsersByEmail(email)),
      hasGroup: (name) => this.answer(() => this.jira().groups.has(name)),
      memberCount: (group) =>
        this.answer(() => {
          if (!this.jira().groups.has(group)) return undefined;
          return [...this.jira().users.values()].filter(({ groups }) => groups.includes(group)).length;
        }),
      applications: () => this.answer(() => this.applications),
      hasOtherMember: (group, username) =>
        this.answer(() =>
          [...this.jira().users.values()].some(
            ({ name, active, groups }) => active && name !== username && groups.includes(group),
          ),
        ),
    };
  }

  private async answer<T>(work: () => T | Promise<T>): Promise<T> {
    this.asked += 1;
    if (this.failure) throw this.failure;
    return work();
  }
}
