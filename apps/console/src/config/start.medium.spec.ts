import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigExport } from '@gatehouse/contracts';
import { Surroundings } from '../../test/running-console.js';
import type { RunningConsole } from '../../test/running-console.js';

const provider = {
  name: 'Company',
  issuer: 'https://idp.example/pool',
  clientId: 'jira',
  clientSecret: 'seeded-secret',
};
const seed = { version: 1 as const, providers: { cognito: provider } };

describe('the configuration at start', () => {
  let surroundings: Surroundings;

  beforeEach(async () => {
    surroundings = await Surroundings.open();
  });
  afterEach(async () => {
    expect(surroundings.log).not.toContain('seeded-secret');
    await surroundings.close();
  });

  async function file(content: string | Buffer, name = 'gatehouse.yaml'): Promise<string> {
    const path = join(surroundings.dataDir, name);
    await writeFile(path, content);
    return path;
  }

  async function held(running: RunningConsole): Promise<{ version: string; document: ConfigExport }> {
    const answer = await running.request('config');
    return { version: answer.headers.get('etag')!, document: ConfigExport.parse(await answer.json()) };
  }

  async function actors(): Promise<string[]> {
    const rows: { actor: string }[] = await surroundings.dataSource.query(
      `select actor from console.audit where action = 'config.applied' order by id`,
    );
    return rows.map(({ actor }) => actor);
  }

  it('is the seed in a new installation, and never again after that', async () => {
    const first = await surroundings.start({ seed });
    expect(await held(first)).toMatchObject({
      version: '"1"',
      document: { providers: { cognito: { name: 'Company' } } },
    });
    await first.request('config', {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'if-match': '"1"' },
      body: '{"version":1}',
    });
    await first.close();

    const second = await surroundings.start({ seed });
    expect(await held(second)).toMatchObject({ version: '"2"', document: { providers: {} } });
    expect(await actors()).toEqual(['seed', 'token:admin']);
  });

  it('is applied once when replicas start together', async () => {
    const replicas = await Promise.all([
      surroundings.start({ seed }),
      surroundings.start({ seed }),
      surroundings.start({ seed }),
    ]);
    for (const replica of replicas) expect((await held(replica)).version).toBe('"1"');
    expect(await actors()).toEqual(['seed']);
  });

  it('is the file, which comes before the seed, at every start, as a new version only when it changed', async () => {
    const path = await file('version: 1\nsettings:\n  usernameVerifiedHours: 12\n');
    const first = await surroundings.start({ variables: { CONFIG_FILE: path }, seed });
    expect(await held(first)).toMatchObject({
      version: '"1"',
      document: { providers: {}, settings: { usernameVerifiedHours: 12 } },
    });
    await first.close();
    await (await surroundings.start({ variables: { CONFIG_FILE: path } })).close();
    expect(await actors()).toEqual(['file:gatehouse.yaml']);

    await file('{"version": 1}');
    expect(await held(await surroundings.start({ variables: { CONFIG_FILE: path } }))).toMatchObject({
      version: '"2"',
    });
  });

  it('takes the secrets of the file from the environment', async () => {
    const path = await file(
      'version: 1\nproviders:\n  cognito:\n    name: C\n    issuer: https://idp.example\n    clientId: jira\n    clientSecret:\n      env: COGNITO_SECRET\n',
    );
    await surroundings.start({ variables: { CONFIG_FILE: path, COGNITO_SECRET: 'seeded-secret' } });
    expect(await actors()).toEqual(['file:gatehouse.yaml']);
  });

  it('refuses to start with one message that names every fault with line and path', async () => {
    const path = await file(
      'version: 1\nproviders:\n  cognito:\n    name: Company\n    issuer: idp\n    clientId: jira\n    clientSecret: {env: MISSING}\n    isuer: seeded-secret\n',
    );
    const error = await failure({ CONFIG_FILE: path });

    expect(error).toMatchObject({ explained: true });
    expect(error.message).toContain('gatehouse.yaml was not applied');
    expect(error.message).toContain('- line 5, providers.cognito.issuer: must be an absolute http or https URL');
    expect(error.message).toContain('- line 8, providers.cognito.isuer: unknown key');
    expect(error.message).not.toContain('seeded-secret');
    expect(await actors()).toEqual([]);
  });

  it('names the line of a variable that is missing', async () => {
    const path = await file(
      'version: 1\nproviders:\n  cognito:\n    name: C\n    issuer: https://idp.example\n    clientId: jira\n    clientSecret:\n      env: MISSING\n',
    );
    expect((await failure({ CONFIG_FILE: path })).message).toContain(
      'line 8, providers.cognito.clientSecret.env: the environment variable MISSING is not set',
    );
  });

  it.each<[string, string | Buffer, string]>([
    ['no YAML', 'a: [', 'line 1'],
    ['no UTF-8', Buffer.from([0xff, 0xfe, 0x00]), 'not UTF-8'],
    ['too large', Buffer.alloc(1_048_577, 0x23), 'larger than 1 MB'],
  ])('refuses to start with a file that is %s', async (_, content, message) => {
    const path = await file(content);
    expect(await failure({ CONFIG_FILE: path })).toMatchObject({
      explained: true,
      message: expect.stringContaining(message),
    });
  });

  it('refuses to start with a file that is not there', async () => {
    const error = await failure({ CONFIG_FILE: join(surroundings.dataDir, 'missing.yaml') });
    expect(error).toMatchObject({ explained: true, message: expect.stringContaining('cannot be read') });
  });

  async function failure(variables: Record<string, string>): Promise<Error> {
    try {
      await surroundings.start({ variables });
    } catch (error) {
      if (error instanceof Error) return error;
    }
    throw new Error('it started');
  }
});
