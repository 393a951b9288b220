import { beforeAll, describe, expect, it } from '@jest/globals';
import { scaled, waitFor } from '@gatehouse/testing';
import { Installation } from './support/installation.js';
import { jiraState } from './support/sandbox.js';
import type { SandboxUser } from './support/sandbox.js';
import { entra, scim, ScimClient } from './support/scim-client.js';
import { sharedSite } from './support/site.js';

const count = scaled(400, 40);
/** Entra has so many requests under way at a time. */
const atATime = 5;
const withinMs = 60_000 + count * 200;

/** The order of a whole cycle: everybody, then groups with members, then managers, and in later cycles who has left. */
describe('a full cycle of Entra, in small', () => {
  const site = sharedSite(() => Installation.start());
  let client: ScimClient;
  const people = Array.from({ length: count }, (_, index) => `load-${1_001 + index}`);
  const ids = new Map<string, string>();
  const groups = { dev: '', support: '' };
  beforeAll(() => {
    client = new ScimClient(site().base, entra);
  });

  async function eachOf(names: readonly string[], ask: (name: string, index: number) => Promise<void>): Promise<void> {
    const waiting = [...names.entries()];
    const worker = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await ask(next[1], next[0]);
    };
    await Promise.all(Array.from({ length: atATime }, worker));
  }

  /** Everybody in Jira is as it should be; who is not is shown. */
  async function jiraHas(isRight: (user: SandboxUser | undefined, index: number) => boolean): Promise<void> {
    let wrong: readonly string[] = [];
    const look = async () => {
      const users = new Map((await jiraState(site())).users.map((user) => [user.name, user]));
      wrong = people.filter((name, index) => !isRight(users.get(name), index));
      return wrong.length === 0;
    };
    await waitFor(look, { timeoutMs: withinMs, what: 'Jira to follow' }).catch(() => expect(wrong).toEqual([]));
  }

  const wantedGroup = (index: number) => (index % 2 === 0 ? 'jira-developers' : 'jira-support');
  const isIn = (user: SandboxUser | undefined, group: string) => user?.groups.includes(group) === true;

  it(
    'S67 creates everybody, several at a time',
    async () => {
      await eachOf(people, async (userName, index) => {
        expect(await client.find('Users', `userName eq "${userName}"`)).toEqual([]);
        const { id } = await client.must(201, 'POST', '/Users', {
          schemas: [scim.user, scim.enterprise],
          externalId: `0a21f0f2-8d2a-4f8e-bf98-7363c4ae${1_000 + index}`,
          userName,
          active: 'True',
          displayName: `Person ${index}`,
          emails: [{ primary: true, type: 'work', value: `${userName}@example.com` }],
        });
        ids.set(userName, id);
      });
      await jiraHas((user, index) => user?.active === true && user.displayName === `Person ${index}`);
    },
    2 * withinMs,
  );

  it(
    'E14 E15 fills the groups, several PATCHes of one group at a time, and nobody is lost',
    async () => {
      for (const displayName of ['dev', 'support'] as const) {
        expect(await client.find('Groups', `displayName eq "${displayName}"`, '&excludedAttributes=members')).toEqual(
          [],
        );
        const schemas = [scim.group, scim.entraGroup];
        groups[displayName] = (await client.must(201, 'POST', '/Groups', { schemas, displayName, members: [] })).id;
      }
      await eachOf(people, async (name, index) => {
        const group = index % 2 === 0 ? groups.dev : groups.support;
        await client.patch(`/Groups/${group}`, { op: 'Add', path: 'members', value: [{ value: ids.get(name) }] });
      });
      for (const [group, rest] of [
        [groups.dev, 0],
        [groups.support, 1],
      ] as const) {
        const { members } = await client.must(200, 'GET', `/Groups/${group}`);
        expect(members).toHaveLength(people.filter((_, index) => index % 2 === rest).length);
      }
      await jiraHas((user, index) => isIn(user, wantedGroup(index)));
    },
    2 * withinMs,
  );

  it(
    'E6 E15 C53 gives everybody a manager in a second pass, as a plain id',
    async () => {
      const manager = `${scim.enterprise}:manager`;
      await eachOf(people.slice(1), async (name) => {
        await client.patch(`/Users/${ids.get(name)}`, { op: 'Add', path: manager, value: ids.get(people[0]!) });
      });
      const user = await client.must(200, 'GET', `/Users/${ids.get(people[1]!)}`);
      expect(user[scim.enterprise]?.manager).toMatchObject({ value: ids.get(people[0]!) });
      const filter = `${manager} eq "${ids.get(people[0]!)}"`;
      expect((await client.find('Users', filter, '&count=1000')).length).toBe(Math.min(1_000, count - 1));
      await client.patch(`/Users/${ids.get(people[1]!)}`, { op: 'Remove', path: manager });
      expect((await client.must(200, 'GET', `/Users/${ids.get(people[1]!)}`))[scim.enterprise]).toBeUndefined();
    },
    withinMs,
  );

  it(
    'E10 in a later cycle some have left: inactive at first, deleted in the end, and the others keep all',
    async () => {
      // Fewer than the brake holds back for an administrator to look at.
      const hasLeft = (index: number) => index % 3 === 0 && index < 18;
      const leavers = people.filter((_, index) => hasLeft(index));
      await eachOf(leavers, (name) =>
        client.patch(`/Users/${ids.get(name)}`, { op: 'Replace', path: 'active', value: 'False' }),
      );
      await jiraHas((user, index) => user?.active === !hasLeft(index));
      await eachOf(leavers, async (name) => {
        await client.must(204, 'DELETE', `/Users/${ids.get(name)}`);
        await client.must(404, 'GET', `/Users/${ids.get(name)}`);
      });
      const { totalResults } = await client.must(200, 'GET', '/Users?count=0');
      expect(totalResults).toBe(count - leavers.length);
      await jiraHas(
        (user, index) => user?.active === !hasLeft(index) && (hasLeft(index) || isIn(user, wantedGroup(index))),
      );
    },
    2 * withinMs,
  );
});
