import { JiraServer } from './jira-server.js';

interface JiraPerson {
  readonly key: string;
  readonly name: string;
  readonly emailAddress: string;
}

/** Of Jira what a review asks: users by name and by address, and members of groups. */
export class JiraOfPeople extends JiraServer {
  people: JiraPerson[] = [];
  groups: Record<string, number> = {};

  protected answer({ pathname, searchParams }: URL): object | undefined {
    if (pathname.endsWith('/group/member')) {
      const total = this.groups[searchParams.get('groupname') ?? ''];
      return total === undefined ? undefined : { total, values: [], isLast: true };
    }
    if (pathname.endsWith('/user')) {
      const [key, name] = [searchParams.get('key'), searchParams.get('username')?.toLowerCase()];
      const found = this.people.find((one) => one.key === key || one.name.toLowerCase() === name);
      return found && beanOf(found);
    }
    return pathname.endsWith('/user/search') ? this.people.map(beanOf) : undefined;
  }
}

function beanOf(person: JiraPerson) {
  const groups = { size: 0, items: [] };
  return { ...person, displayName: person.name, active: true, groups };
}
