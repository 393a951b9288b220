import { JiraDirectory } from '@gatehouse/jira-client';
import type { DuplicatedUsers, FoundGroups } from '@gatehouse/jira-client';
import type { InMemoryJira } from './in-memory.jira-client.js';

/** What the same Jira knows about names. */
export class InMemoryJiraDirectory extends JiraDirectory {
  duplicated: DuplicatedUsers | undefined = new Map();
  readonly deleted = new Map<string, string>();

  constructor(private readonly jira: () => InMemoryJira) {
    super();
  }

  holderOf(username: string) {
    const user = this.jira().named(username);
    if (user) return Promise.resolve({ key: user.key, deleted: false });
    const key = this.deleted.get(username);
    return Promise.resolve(key === undefined ? undefined : { key, deleted: true });
  }

  duplicatedUsers(): Promise<DuplicatedUsers | undefined> {
    return Promise.resolve(this.duplicated);
  }

  findGroups(text: string): Promise<FoundGroups> {
    const names = [...this.jira().groups].filter((name) => name.includes(text));
    return Promise.resolve({ names, total: names.length });
  }
}
