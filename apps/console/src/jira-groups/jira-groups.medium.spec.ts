import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { JiraGroups, MappedGroups } from '@gatehouse/contracts';
import { JiraServer } from '../../test/jira-server.js';
import { Surroundings } from '../../test/running-console.js';
import type { RunningConsole } from '../../test/running-console.js';

/** Of Jira: the picker, and one member of a group that is there. */
class Groups extends JiraServer {
  constructor(readonly names: string[]) {
    super();
  }

  protected answer({ pathname, searchParams }: URL): object | undefined {
    if (pathname.endsWith('/groups/picker')) {
      const found = this.names.filter((name) => name.includes(searchParams.get('query') ?? ''));
      const groups = found.slice(0, Number(searchParams.get('maxResults'))).map((name) => ({ name, html: '' }));
      return { header: '', total: found.length, groups };
    }
    return this.names.includes(searchParams.get('groupname') ?? '') ? { values: [] } : undefined;
  }
}

describe('S36 groups of Jira, over the API', () => {
  const jira = new Groups(['jira-developers', 'Team A', ...Array.from({ length: 25 }, (_, n) => `crowd-${n}`)]);
  let surroundings: Surroundings;
  let running: RunningConsole;

  beforeAll(async () => {
    surroundings = await Surroundings.open();
    const provider = { name: 'P', issuer: 'https://idp.example', clientId: 'c', clientSecret: 's' };
    running = await surroundings.start({
      variables: { JIRA_URL: await jira.listen() },
      seed: {
        version: 1,
        providers: { cognito: provider },
        mappings: {
          cognito: {
            groups: {
              rules: [
                { from: 'dev', to: 'jira-developers' },
                { from: 'ops', to: 'JIRA-developers' },
                { from: 'a', to: 'gone' },
                { from: '', to: ' ' },
              ],
              defaultGroups: ['Team A'],
            },
          },
        },
      },
    });
  });
  afterAll(async () => {
    await surroundings.close();
    await jira.close();
  });

  const get = async (path: string) => (await running.request(path)).json();

  it('are found by a part of their name: 20 of them, with the number of all', async () => {
    const found = JiraGroups.parse(await get('jira/groups?query=crowd'));
    expect(found.total).toBe(25);
    expect(found.items).toHaveLength(20);
    expect(JiraGroups.parse(await get('jira/groups?query=Team%20A'))).toEqual({ items: ['Team A'], total: 1 });
  });

  it('that a mapping names and Jira has not are flagged, with the place that names them', async () => {
    const mapped = MappedGroups.parse(await get('providers/cognito/mapped-groups'));
    expect(mapped).toEqual({
      items: [
        {
          group: 'jira-developers',
          paths: ['mappings.cognito.groups.rules.0.to', 'mappings.cognito.groups.rules.1.to'],
          exists: true,
        },
        { group: 'gone', paths: ['mappings.cognito.groups.rules.2.to'], exists: false },
        { group: 'Team A', paths: ['mappings.cognito.groups.defaultGroups.0'], exists: true },
      ],
      total: 3,
      next: null,
    });
  });

  it('cost one question each, of the page that is looked at', async () => {
    jira.asked.length = 0;
    const first = MappedGroups.parse(await get('providers/cognito/mapped-groups?limit=2'));
    expect(jira.asked.filter((path) => path.endsWith('/group/member'))).toHaveLength(2);
    const second = MappedGroups.parse(await get(`providers/cognito/mapped-groups?limit=2&after=${first.next}`));
    expect(second).toMatchObject({ items: [{ group: 'Team A' }], next: null });
  });

  it('are not said to be missing while Jira is away, and a provider that is not there is 404', async () => {
    jira.away = true;
    const mapped = MappedGroups.parse(await get('providers/cognito/mapped-groups'));
    expect(mapped.items.map(({ exists }) => exists)).toEqual([null, null, null]);
    expect((await running.request('jira/groups?query=a')).status).toBe(503);
    expect((await running.request('providers/nobody/mapped-groups')).status).toBe(404);
  });
});
