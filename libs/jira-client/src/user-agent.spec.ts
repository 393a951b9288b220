import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { userAgent } from './user-agent.js';

it('names the version of the package', async () => {
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  expect(userAgent).toBe(`Gatehouse/${version}`);
});
