import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { membershipReasons } from '@gatehouse/contracts';

const page = readFileSync(join(import.meta.dirname, '../../docs/explain.md'), 'utf8');

describe('docs/explain.md', () => {
  it('P14 has one row for each answer that there is, and for no other', () => {
    const rows = [...page.matchAll(/^\| `([a-z-]+)`/gm)].map(([, code]) => code);
    expect(rows.toSorted()).toEqual([...membershipReasons].toSorted());
  });

  it('U12 leads to ten different reasons', () => {
    const told = [...page.matchAll(/^ *why \S+ \S+ +# ([a-z-]+)/gm)].map(([, code]) => code!);
    const reasons = new Set(told.filter((code) => code !== 'member'));
    expect([...reasons].filter((code) => !(membershipReasons as readonly string[]).includes(code))).toEqual([]);
    expect(reasons.size).toBe(10);
  });
});
