import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@gatehouse/testing';
import { RunningScim, schemas, unique } from '../test/running-scim.js';

describe('a provider that is taken out of the configuration', () => {
  let scim: RunningScim;
  beforeAll(async () => {
    scim = await RunningScim.start();
  });
  afterAll(() => scim.stop());

  const configure = (change: string) =>
    scim.client.query(
      `with applied as (
         insert into console.config_version (document, actor)
         select ${change}, 'test' from console.config_version order by version desc limit 1 returning 1
       ) select pg_notify('gatehouse_config', '') from applied`,
    );
  const statusOf = async (path: string) => (await scim.get(path)).status;

  it('C73 C74 its tokens are nobody’s, and are good again when it comes back with its people', async () => {
    const made = await scim.send('POST', '/Users', { schemas: [schemas.user], userName: unique('ada') });
    const path = `/Users/${made.body.id}`;
    await configure(`document #- '{providers,cognito}' #- '{mappings,cognito}'`);
    await waitFor(async () => (await statusOf(path)) === 401, { what: 'the token to be refused' });
    const refused = await scim.send('DELETE', path);
    expect([refused.status, refused.body.schemas, refused.body.status]).toEqual([401, [schemas.error], '401']);
    await configure(
      `jsonb_set(document, '{providers,cognito}', '{"name": "c", "issuer": "https://c.example", "clientId": "c"}')`,
    );
    await waitFor(async () => (await statusOf(path)) === 200, { what: 'the token to be good again' });
  });
});
