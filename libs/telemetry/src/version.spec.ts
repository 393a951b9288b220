import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { version } from './version.js';

it('the version that workers and metrics report is that of package.json', async () => {
  const text = await readFile(new URL('../../../package.json', import.meta.url), 'utf8');
  expect(JSON.parse(text)).toMatchObject({ version });
});
