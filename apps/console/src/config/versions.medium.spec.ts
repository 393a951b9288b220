import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigComparison, ConfigExport, ConfigVersion, ConfigVersionPage } from '@gatehouse/contracts';
import { applied, ConfigUnderTest, document, provider, refused, secret } from '../../test/config-under-test.js';

describe('U16 versions of the configuration', () => {
  let config: ConfigUnderTest;

  beforeAll(async () => {
    config = await ConfigUnderTest.open();
  });
  afterAll(() => config.surroundings.close());
  beforeEach(() => config.reset());
  afterEach(() => config.assertNothingLogged());

  const named = (name: string) => ({ version: 1, providers: { cognito: { ...provider, name } } });
  const get = async (path: string) => (await config.running.request(`config/versions${path}`)).json();
  const restore = (version: number, body: object = {}, headers: Record<string, string> = {}) =>
    config.running.request(`config/versions/${version}/restore`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'if-match': '*', ...headers },
      body: JSON.stringify(body),
    });

  it('every save is one, with who, when and why, newest first and page by page', async () => {
    await applied(config.put(named('one'), {}, '?note=first%20try'));
    await applied(config.put(named('two')));
    await applied(config.put(named('three')));
    const first = ConfigVersionPage.parse(await get('?limit=2'));
    expect(first.items).toMatchObject([
      { version: 3, note: null },
      { version: 2, note: null },
    ]);
    const second = ConfigVersionPage.parse(await get(`?limit=2&after=${first.next}`));
    expect(second).toMatchObject({
      items: [{ version: 1, note: 'first try', restoredFrom: null, actor: expect.stringMatching(/^token:/) }],
      next: null,
    });
    await refused(config.running.request('config/versions?after=eA'), 400);
  });

  it('S08 one is shown with its document, and without any secret', async () => {
    await applied(config.put(named('one')));
    const text = JSON.stringify(await get('/1'));
    const version = ConfigVersion.parse(JSON.parse(text));
    expect(version.document.providers['cognito']).toMatchObject({ name: 'one' });
    expect(text).not.toContain(secret);
  });

  it('any two are compared in words, in either direction, and with what holds by default', async () => {
    await applied(config.put(named('one')));
    await applied(config.put(named('two')));
    await applied(config.put(named('three')));
    const change = { path: 'providers.cognito.name', change: 'changed' };
    expect(ConfigComparison.parse(await get('/1/changes?to=3'))).toEqual({
      ...{ from: 1, to: 3 },
      changes: [{ ...change, words: '"one" → "three"' }],
    });
    expect(await get('/3/changes?to=1')).toMatchObject({ changes: [{ ...change, words: '"three" → "one"' }] });
    expect(await get('/0/changes?to=1')).toMatchObject({ changes: [{ path: 'providers.cognito' }, {}] });
    expect(await get('/2/changes?to=2')).toMatchObject({ changes: [] });
  });

  it('one that is gone says so, and one that never was', async () => {
    await applied(config.put(named('one')));
    await applied(config.put(named('two')));
    await config.surroundings.dataSource.query('delete from console.config_version where version = 1');
    for (const path of ['config/versions/1', 'config/versions/1/changes?to=2'])
      expect((await refused(config.running.request(path), 404)).detail).toContain('not kept any more');
    expect((await refused(config.running.request('config/versions/9'), 404)).detail).toContain('no such version yet');
    await refused(config.running.request('config/versions/0'), 400);
  });

  it('F29 one of an older release has the defaults it did not know, and one that is not valid any more says where', async () => {
    const store = (text: object) =>
      config.surroundings.dataSource.query(
        `insert into console.config_version (document, actor) values ($1, 'token:old')`,
        [JSON.stringify(text)],
      );
    await store({ version: 1, settings: {} });
    await store({ version: 1, settings: { gone: true } });
    expect(ConfigVersion.parse(await get('/1')).document.settings.brake.fourEyes).toBe(false);
    expect(await refused(config.running.request('config/versions/2'), 409)).toMatchObject({
      code: 'config.version_unreadable',
      detail: expect.stringContaining('settings'),
    });
  });

  describe('restoring one', () => {
    it('is a new version through the same door, with the secrets of now and a reason', async () => {
      await applied(config.put(named('one')));
      await applied(
        config.put({ version: 1, providers: { cognito: { ...provider, name: 'two', clientSecret: 'newer' } } }),
      );
      const answer = await restore(1, { note: 'two was a mistake' });
      expect(answer.headers.get('etag')).toBe('"3"');
      expect(await applied(Promise.resolve(answer))).toMatchObject({
        version: 3,
        changed: true,
        changes: [{ path: 'providers.cognito.name', words: '"two" → "one"' }],
      });
      expect(await config.secrets()).toEqual({ 'providers.cognito.clientSecret': 'newer' });
      expect(await get('')).toMatchObject({
        items: [{ version: 3, note: 'two was a mistake', restoredFrom: 1 }, {}, {}],
      });
      const held = ConfigExport.parse(await (await config.running.request('config')).json());
      expect(held.providers['cognito']!.name).toBe('one');
    });

    it('U17 needs If-Match of what holds', async () => {
      await applied(config.put(named('one')));
      await applied(config.put(named('two')));
      expect(await refused(restore(1, {}, { 'if-match': '' }), 428)).toMatchObject({ code: 'config.if_match_missing' });
      expect(await refused(restore(1, {}, { 'if-match': '"1"' }), 412)).toMatchObject({ code: 'config.stale' });
      expect((await restore(1, {}, { 'if-match': '"2"' })).status).toBe(200);
    });

    it('is refused where a secret is gone, and names it', async () => {
      await applied(config.put(document));
      await applied(config.put({ version: 1, providers: {} }));
      const problem = await refused(restore(1), 422);
      expect(problem.errors).toEqual([
        { path: 'providers.cognito.clientSecret', message: 'required: no secret is stored for this provider yet' },
      ]);
      expect(await config.count('console.config_version')).toBe(2);
    });

    it('can be planned first, and is not the business of a viewer', async () => {
      await applied(config.put(named('one')));
      await applied(config.put(named('two')));
      const { document: old } = ConfigVersion.parse(await get('/1'));
      const made = await config.running.request('plans', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify(old),
      });
      const { plan } = (await made.json()) as { plan: string };
      const viewer = await config.running.tokenOf('viewer');
      await refused(restore(1, { plan }, { authorization: `Bearer ${viewer}` }), 403);
      expect((await restore(2, { plan })).status).toBe(409);
      expect(await applied(restore(1, { plan }))).toMatchObject({ version: 3 });
    });
  });
});
