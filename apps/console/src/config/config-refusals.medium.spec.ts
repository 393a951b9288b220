import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  applied,
  ConfigUnderTest,
  document,
  provider,
  refused,
  secret,
  withoutSecret,
} from '../../test/config-under-test.js';
import type { RunningConsole } from '../../test/running-console.js';

describe('a change of the configuration over the admin API', () => {
  let config: ConfigUnderTest;

  beforeAll(async () => {
    config = await ConfigUnderTest.open();
  });
  afterAll(() => config.surroundings.close());
  beforeEach(() => config.reset());
  afterEach(() => config.assertNothingLogged());

  it.each([
    // Fastify lets none of it in, so there is no path to name.
    ['application/json', 400, [{ path: '', message: expect.stringContaining('__proto__') }]],
    ['application/yaml', 422, [expect.objectContaining({ path: 'providers.__proto__', line: 1 })]],
  ])('refuses __proto__ as a key in %s, and changes nothing', async (type, status, errors) => {
    const body = JSON.stringify(document).replace('"cognito"', '"__proto__":{"name":"x"},"cognito"');
    const headers = { 'content-type': type, 'if-match': '*' };
    const problem = await refused(config.running.request('config', { method: 'PUT', headers, body }), status);
    expect(problem.errors).toEqual(errors);
    expect(await config.count('console.config_version')).toBe(0);
  });

  it('refuses 50,000 providers with one sentence', async () => {
    const providers = Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`p${at}`, {}]));
    const problem = await refused(config.put({ version: 2, providers }), 422);
    expect(problem.errors).toEqual([{ path: 'providers', message: 'must have at most 200 entries, and has 50000' }]);
  });

  describe('guards against lost changes', () => {
    it('U17 refuses a change that names no version (428), and changes nothing', async () => {
      const answer = config.running.request('config', {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(document),
      });
      expect(await refused(answer, 428)).toMatchObject({ code: 'config.if_match_missing' });
      expect(await config.count('console.config_version')).toBe(0);
    });

    it('U17 refuses the second of two changes of one version (412), and keeps the first', async () => {
      await applied(config.put(document, { 'if-match': '"0"' }));
      const problem = await refused(config.put({ version: 1 }, { 'if-match': '"0"' }), 412);

      expect(problem).toMatchObject({ code: 'config.stale' });
      expect(await config.secrets()).toEqual({ 'providers.cognito.clientSecret': secret });
    });

    it('U17 lets one of many simultaneous changes win, on any replica', async () => {
      const other = await config.surroundings.start();
      const change = (replica: RunningConsole, name: string) =>
        replica.request('config', {
          method: 'PUT',
          headers: { 'content-type': 'application/json', 'if-match': '"0"' },
          body: JSON.stringify({ version: 1, providers: { cognito: { ...provider, name } } }),
        });
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) => change(index % 2 ? config.running : other, `name ${index}`)),
      );

      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 7 }, () => 412)]);
      expect(await config.count('console.config_version')).toBe(1);
      await other.close();
    });
  });

  describe('a dry run', () => {
    it('U15 tells what would change by path, and changes nothing', async () => {
      await applied(config.put(document));
      const result = await applied(
        config.put({ version: 1, settings: { usernameVerifiedHours: 12 } }, {}, '?dryRun=true'),
      );

      expect(result).toMatchObject({ version: 1, changed: true });
      expect(result.changes).toEqual([
        { path: 'providers.cognito', change: 'removed', words: 'removed' },
        { path: 'mappings.cognito', change: 'removed', words: 'removed' },
        { path: 'settings.usernameVerifiedHours', change: 'changed', words: '24 → 12' },
        { path: 'providers.cognito.clientSecret', change: 'removed', words: 'removed' },
      ]);
      expect(await config.count('console.config_version')).toBe(1);
      expect(await config.count('console.audit')).toBe(1);
      expect(await config.secrets()).toEqual({ 'providers.cognito.clientSecret': secret });
    });

    it('needs no If-Match, but heeds one', async () => {
      const answer = await config.running.request('config?dryRun=true', {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(document),
      });
      expect(answer.status).toBe(200);
      await refused(config.put(document, { 'if-match': '"7"' }, '?dryRun=true'), 412);
    });

    it('finds the same faults', async () => {
      await refused(config.put({ version: 2 }, {}, '?dryRun=true'), 422);
    });

    it('is never taken for the real thing because of a typing error', async () => {
      await refused(config.put(document, {}, '?dryRun=yes'), 400);
      await refused(config.put(document, {}, '?dryrun=true'), 400);
      expect(await config.count('console.config_version')).toBe(0);
    });
  });

  describe('a document that is not valid', () => {
    it('is refused with the path of every fault, and its line in YAML', async () => {
      const yaml =
        'version: 1\nproviders:\n  cognito:\n    name: Company\n    isuer: x\n    issuer: idp\n    clientId: jira\n';
      const problem = await refused(config.put(yaml, { 'content-type': 'application/yaml' }), 422);

      expect(problem).toMatchObject({
        code: 'config.invalid',
        status: 422,
        detail: expect.stringContaining('2 problems'),
      });
      expect(problem.errors).toEqual(
        expect.arrayContaining([
          { path: 'providers.cognito.issuer', message: 'must be an absolute http or https URL', line: 6 },
          { path: 'providers.cognito.isuer', message: expect.stringContaining('unknown key'), line: 5 },
        ]),
      );
      expect(problem.traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(await config.count('console.config_version')).toBe(0);
    });

    it('is told a secret that is missing together with everything else', async () => {
      const partner = { ...withoutSecret, issuer: 'idp' };
      const problem = await refused(
        config.put({
          version: 1,
          providers: { cognito: withoutSecret, partner, off: { ...withoutSecret, enabled: false } },
        }),
        422,
      );
      expect(problem.errors).toEqual([
        { path: 'providers.partner.issuer', message: 'must be an absolute http or https URL' },
        { path: 'providers.cognito.clientSecret', message: 'required: no secret is stored for this provider yet' },
      ]);
    });

    it('S08 never has its values quoted', async () => {
      const misplaced = [
        config.put({
          version: 1,
          providers: { cognito: { ...provider, issuer: secret, clientSecret: { value: secret } } },
        }),
        config.put(`providers:\n  cognito:\n    clientSecret: ${secret}: oops\n   - "`, {
          'content-type': 'application/yaml',
        }),
        config.put(`{"version":1,"providers":{"cognito":{"clientSecret":"${secret}"`),
      ];
      for (const answer of await Promise.all(misplaced)) {
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(await answer.text()).not.toContain(secret);
      }
    });

    it.each<[string, string, string, number, string]>([
      ['that is no JSON', '{"version":', 'application/json', 400, 'api.request_invalid'],
      ['that is no YAML', 'a: [', 'application/yaml', 422, 'config.invalid'],
      ['of an unknown type', 'version: 1', 'text/plain', 415, 'api.media_type_unsupported'],
      ['of a form', 'version=1', 'application/x-www-form-urlencoded', 415, 'api.media_type_unsupported'],
      ['of no type known to anybody', '<version>1</version>', 'application/xml', 415, 'api.media_type_unsupported'],
      ['above 1 MB', `# ${'x'.repeat(1_048_576)}`, 'application/yaml', 413, 'api.body_too_large'],
      [
        'above 1 MB in JSON',
        JSON.stringify({ version: 1, x: 'x'.repeat(1_048_576) }),
        'application/json',
        413,
        'api.body_too_large',
      ],
    ])('%s is answered in our own form', async (_, body, type, status, code) => {
      expect(await refused(config.put(body, { 'content-type': type }), status)).toMatchObject({ code, status });
    });

    it('that is not UTF-8 is refused', async () => {
      const answer = config.running.request('config', {
        method: 'PUT',
        headers: { 'content-type': 'application/yaml', 'if-match': '*' },
        body: Buffer.from([0x61, 0x3a, 0xff]),
      });
      expect(await refused(answer, 400)).toMatchObject({ code: 'api.request_invalid' });
    });
  });
});
