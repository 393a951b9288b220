import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningScim, schemas } from '../test/running-scim.js';

const bound = 200_000;

describe('groups that have more than 200,000 members together', () => {
  let scim: RunningScim;
  beforeAll(async () => {
    scim = await RunningScim.start();
    for (const displayName of ['large', 'small'])
      await scim.send('POST', '/Groups', { schemas: [schemas.group], displayName });
    await addMembers('large', bound);
    await addMembers('small', 1);
    await scim.client.query('analyze directory.directory_member');
  }, 60_000);
  afterAll(() => scim.stop());

  const addMembers = (group: string, count: number) =>
    scim.client.query(
      `insert into directory.directory_member (group_id, member_id, member_kind)
       select id, gen_random_uuid(), 'user' from directory.directory_group, generate_series(1, $2::int) where display_name = $1`,
      [group, count],
    );

  it('are not loaded for one list, which says how to ask', async () => {
    const search = { schemas: [schemas.search], count: 1000 };
    const answers = [
      await scim.get('/Groups?count=1000'),
      await scim.get('/Groups?cursor&count=1000'),
      await scim.send('POST', '/Groups/.search', search),
      await scim.get('/?count=1000'),
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
    await addMembers('large', 1);
    const found = await scim.find('Groups', 'displayName eq "large"');
    const [large] = found.body.Resources;
    expect([found.status, large!.members.length]).toEqual([200, bound + 1]);
    const { status, body } = await scim.get(`/Groups/${large!.id}`);
    expect([status, body.members.length]).toEqual([200, bound + 1]);
  }, 60_000);
});
