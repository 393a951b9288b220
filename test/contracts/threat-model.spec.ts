import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/threat-model.md'), 'utf8');

/** The checklist ends with O78, the test of a configuration. It is kept outside this repository, so its end is stated. */
const checklistRows = 78;

/** The tables whose last two columns are rows and tests. */
const threats = page
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter((cells) => cells.length === 6 && /^[OFPE]\d\d/.test(cells[3]!))
  .map(([, threat, , rows, places]) => ({
    threat: threat!,
    rows: rows!.split(' '),
    places: [...places!.matchAll(/`([^`]+)`/g)].map(([, place]) => place!),
  }));

describe('docs/threat-model.md', () => {
  it.each(threats)('names tests that are there: $threat', ({ rows, places }) => {
    const tests = places.flatMap((place) => specsBelow(join(root, place))).map((file) => readFileSync(file, 'utf8'));
    expect(rows.filter((row) => !tests.some((text) => text.includes(row)))).toEqual([]);
  });

  it('speaks of every row of the checklist that protects a sign-in', () => {
    const all = Array.from({ length: checklistRows }, (_, index) => `O${String(index + 1).padStart(2, '0')}`);
    expect(all.filter((row) => !page.includes(row))).toEqual([]);
  });

  it('speaks of every row that a test names, also of one that was added to the checklist', () => {
    const specs = ['apps', 'libs', 'test'].flatMap((folder) => specsBelow(join(root, folder)));
    const texts = specs
      .filter((file) => !file.endsWith('threat-model.spec.ts'))
      .map((file) => readFileSync(file, 'utf8'));
    const named = new Set(texts.flatMap((text) => [...text.matchAll(/\bO\d\d\b/g)].map(([row]) => row)));
    expect(named.size).toBeGreaterThan(70);
    expect([...named].filter((row) => !page.includes(row))).toEqual([]);
  });
});

function specsBelow(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  // Links lead to other folders, and the packages of workspaces are not ours.
  const entries = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !name.includes('node_modules'),
  );
  return entries.filter((name) => name.endsWith('.spec.ts')).map((name) => join(path, name));
}
