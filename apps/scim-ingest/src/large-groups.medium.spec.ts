import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningScim, schemas } from '../test/running-scim.js';

const bound = 200_000;

describe('groups that have more than 200,000 members together, and people in as many groups', () => {
  let scim: RunningScim;
  beforeAll(async () => {
    scim = await RunningScim.start();
    for (const displayName of ['large', 'small'])
      await scim.send('POST', '/Groups', { schemas: [schemas.group], displayName });
    await scim.client.query(
      `insert into directory.directory_user (provider, user_name, user_name_folded)
       select 'cognito', name, name from (select 'load-' || n as name from generate_series(0, $1::int) as n) as named`,
      [bound],
    );
    await addMembers('large', bound);
    await addMembers('small', 1);
    await scim.client.query('analyze directory.directory_member');
  }, 60_000);
  afterAll(() => scim.stop());

  const addMembers = (group: string, count: number) =>
    scim.client.query(
      `insert into directory.directory_member (group_id, member_id, member_kind)
       select known.id, person.id, 'user' from directory.directory_group as known
       cross join (select id from directory.directory_user order by id limit $2) as person
       where display_name like $1 on conflict do nothing`,
      [group, count],
    );

  it('are not loaded for one list, which says how to ask', async () => {
    const search = { schemas: [schemas.search], count: 1000 };
    const answers = [
      await scim.get('/Groups?count=1000'),
      await scim.get('/Groups?cursor&count=1000'),
      await scim.send('POST', '/Groups/.search', search),
      await scim.get(`/?count=1000&filter=${encodeURIComponent('meta.resourceType eq "Group"')}`),
    ];
    for (const { status, body } of answers) {
      expect([status, body.status, body.scimType]).toEqual([400, '400', 'tooMany']);
      expect(body).toMatchObject({ detail: expect.stringContaining('excludedAttributes=members or a smaller count') });
    }
  });

  it.each(['excludedAttributes=members', 'attributes=displayName'])('are listed with %s', async (query) => {
    const { status, body } = await scim.get(`/Groups?count=1000&${query}`);
    expect([status, body.Resources.length]).toEqual([200, 2]);
  });

  it('are answered where one is alone, however large: by a filter and by its id', async () => {
    await addMembers('large', bound + 1);
    const found = await scim.find('Groups', 'displayName eq "large"');
    const [large] = found.body.Resources;
    expect([found.status, large!.members.length]).toEqual([200, bound + 1]);
    const { status, body } = await scim.get(`/Groups/${large!.id}`);
    expect([status, body.members.length]).toEqual([200, bound + 1]);
  }, 60_000);

  it('people who are in more than 200,000 groups together are not loaded for one list either', async () => {
    await scim.client.query(
      `insert into directory.directory_group (provider, display_name, display_name_folded)
       select 'cognito', name, name from (select 'group-' || n as name from generate_series(0, $1::int / 1000) as n) as named`,
      [bound],
    );
    await addMembers('group-%', 1_000);
    const path = '/Users?count=1000';
    const refused = await scim.get(path);
    expect([refused.status, refused.body.scimType]).toEqual([400, 'tooMany']);
    expect(refused.body).toMatchObject({ detail: expect.stringContaining('excludedAttributes=groups') });
    expect((await scim.get(`${path}&excludedAttributes=groups`)).body.Resources).toHaveLength(1_000);
    const { body } = await scim.get('/Users?count=100');
    expect(body.Resources.map(({ groups }) => groups.length)).toEqual([203, ...Array<number>(99).fill(202)]); // The first one is in the small group too.
  }, 60_000);
});
