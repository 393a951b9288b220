import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkStart } from './check-start.js';

describe('looking at what a start would read', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'check-start-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function file(text: string): Promise<string> {
    const path = join(folder, 'gatehouse.yaml');
    await writeFile(path, text);
    return path;
  }

  const company = (more: string) =>
    `version: 1\nproviders:\n  company:\n    name: Company\n    issuer: https://idp.example\n    clientId: c\n${more}`;

  it('finds nothing wrong with nothing', async () => {
    expect(await checkStart({})).toMatchObject({ problems: [], configFile: undefined });
  });

  it('finds nothing wrong with a document whose secret is there', async () => {
    const configFile = await file(company('    clientSecret: { env: COMPANY_SECRET }\n'));
    const { problems, warnings } = await checkStart({ CONFIG_FILE: configFile, COMPANY_SECRET: 's' });
    expect(problems).toEqual([]);
    expect(warnings.join()).not.toContain('clientSecret');
  });

  it('tells the mistakes of the environment and of the document at once, and what only follows from one not at all', async () => {
    const configFile = await file(company('    responseMode: form_post\n    clientSecret: { env: UNSET }\n    x: 1\n'));
    const { problems } = await checkStart({ CONFIG_FILE: configFile, PORT: 'ninety', PUBLIC_URL: 'nowhere' });
    const said = problems.join('\n');

    expect(said).toContain('  - PORT: must be a number\n  - PUBLIC_URL: must be an absolute');
    expect(said).toContain('gatehouse.yaml: The configuration document is not valid: 2 problems.');
    expect(said).toContain('  - line 9, providers.company.x: unknown key');
    expect(said).toContain('  - line 8, providers.company.clientSecret.env: the environment variable UNSET is not set');
    expect(said).not.toContain('form_post');
  });

  it('checks the document for the installation that would read it', async () => {
    const configFile = await file(company('    responseMode: form_post\n    clientSecret: s\n'));
    expect((await checkStart({ CONFIG_FILE: configFile })).problems.join()).toContain(
      'form_post needs an https PUBLIC_URL',
    );
    expect((await checkStart({ CONFIG_FILE: configFile, PUBLIC_URL: 'https://jira.example/_sso' })).problems).toEqual(
      [],
    );
  });

  it('warns of a secret that must be stored already, which nobody can see from here', async () => {
    const { problems, warnings } = await checkStart({ CONFIG_FILE: await file(company('')) });
    expect(problems).toEqual([]);
    expect(warnings).toContainEqual(
      expect.stringMatching(/^providers\.company\.clientSecret is not in .*gatehouse\.yaml/),
    );
  });

  it.each([
    ['a: [', 'line 1: the indentation does not fit'],
    [undefined, 'it cannot be read (ENOENT)'],
  ])('names what is wrong with a file of %j', async (text, problem) => {
    const configFile = text === undefined ? join(folder, 'missing.yaml') : await file(text);
    expect((await checkStart({ CONFIG_FILE: configFile })).problems).toEqual([expect.stringContaining(problem)]);
  });

  it('lists the first hundred and says how many more there are', async () => {
    const keys = Array.from({ length: 150 }, (_, at) => `k${at}: 1\n`).join('');
    const [problem] = (await checkStart({ CONFIG_FILE: await file(`version: 1\n${keys}`) })).problems;
    expect(problem?.split('\n')).toHaveLength(102);
    expect(problem).toMatch(/\n {2}and 50 more$/);
  });
});
