import { describe, expect, it } from '@jest/globals';
import { ConfigInvalidError } from './config-invalid.js';
import { parseConfigText } from './parse-config-text.js';

function problemsOf(text: string): ConfigInvalidError['problems'] {
  try {
    return parseConfigText(text).problems;
  } catch (error) {
    if (error instanceof ConfigInvalidError) return error.problems;
    throw error;
  }
}

describe('a configuration document as text', () => {
  it('is read as YAML and as JSON, with the line of every part', () => {
    const yaml = parseConfigText('version: 1\nproviders:\n  a:\n    scopes:\n      - openid\n      - email\n');
    expect(yaml.value).toEqual({ version: 1, providers: { a: { scopes: ['openid', 'email'] } } });
    expect(yaml.lineOf(['providers', 'a', 'scopes', 1])).toBe(6);
    expect(yaml.lineOf(['providers', 'a', 'scopes'])).toBe(4);

    const json = parseConfigText('{\n  "version": 1,\n  "providers": {}\n}');
    expect(json.value).toEqual({ version: 1, providers: {} });
    expect(json.lineOf(['providers'])).toBe(3);
  });

  it('gives the line of the nearest part around something that is missing', () => {
    expect(parseConfigText('version: 1\nproviders:\n  a:\n    name: A\n').lineOf(['providers', 'a', 'issuer'])).toBe(3);
  });

  it.each([
    ['a key twice', 'version: 1\nversion: 1\n', 2, 'this key is there twice: leave one of them out'],
    ['a tag', 'version: !!binary aGk=\n', 1, 'tags are not allowed'],
    ['a tag of its own', 'a: 1\nversion: !run rm\n', 2, 'tags are not allowed'],
    ['an alias without its anchor', 'a: 1\nb: *nothing\n', 2, 'an alias must name an anchor that comes before it'],
    ['two documents', 'version: 1\n---\nversion: 1\n', 2, 'only one document is allowed'],
    ['tabs', 'a:\n\tb: 1\n', 2, 'indent with spaces, not with tabs'],
    ['a key that is no text', '? [a]\n: 2\n', 1, 'keys must be text'],
    ['an alias inside itself', 'a: 1\nb: &b [*b]\n', 2, 'an alias must not stand inside what it names'],
  ])('refuses %s and names the line', (_, text, line, message) => {
    expect(problemsOf(text)).toContainEqual({ path: '', message, line });
  });

  it('never quotes the source, which may be a secret in the wrong place', () => {
    const broken = 'providers:\n  a:\n    clientSecret: s3cr3t: oops\n   - %\n "s3cr3t\n';
    expect(problemsOf(broken).length).toBeGreaterThan(0);
    expect(JSON.stringify(problemsOf(broken))).not.toContain('s3cr3t');
  });

  it('does not expand an alias bomb', () => {
    const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 12; level += 1) {
      const aliases = Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ');
      bomb.push(`a${level}: &a${level} [${aliases}]`);
    }
    const [problem] = problemsOf(bomb.join('\n'));
    expect(problem?.message).toContain('too many aliases');
  });

  it('looks at a bounded number of aliases', () => {
    const problems = problemsOf(`a: &a x\nb: [${'*a, '.repeat(100_000)}]\n`);
    expect(problems).toEqual([{ path: '', message: expect.stringContaining('too many aliases') }]);
  });

  it('reads a map of 60,000 keys in a time that grows with the text only', () => {
    const startedMs = performance.now();
    const { value } = parseConfigText(Array.from({ length: 60_000 }, (_, index) => `key${index}: v`).join('\n'));
    expect(Object.keys(value as object)).toHaveLength(60_000);
    expect(performance.now() - startedMs).toBeLessThan(20_000); // Quadratic, it takes minutes.
  });

  it('is undefined when there is nothing but a comment', () => {
    expect(parseConfigText('# nothing\n').value ?? undefined).toBeUndefined();
    expect(parseConfigText('').value ?? undefined).toBeUndefined();
  });

  it('lets a list be written once and used twice', () => {
    expect(parseConfigText('a: &list [x]\nb: *list\n').value).toEqual({ a: ['x'], b: ['x'] });
  });

  it.each([
    ['brackets', '['.repeat(400_000)],
    ['braces', '{a: '.repeat(200_000)],
    ['dashes', '- '.repeat(400_000)],
    ['question marks', '? '.repeat(400_000)],
    ['indentation', Array.from({ length: 1_000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ])('refuses %s nested deeper than the stack, and lives on', (_, text) => {
    expect(problemsOf(text)[0]?.message).toBe('the document is nested too deeply');
  });
});
