import { describe, expect, it } from '@jest/globals';
import { prefersYaml } from './prefers-yaml.js';

describe('the form of the export', () => {
  it.each<[string | undefined, boolean]>([
    [undefined, false],
    ['*/*', false],
    ['application/json', false],
    ['application/yaml', true],
    ['Application/YAML; charset=utf-8', true],
    ['application/yaml, */*;q=0.1', true],
    ['application/json, application/yaml', false],
    ['application/json;q=0.5, application/yaml', true],
    ['application/yaml;q=0.5, application/json', false],
    ['application/yaml;q=0', false],
  ])('%s -> YAML: %s', (accept, expected) => {
    expect(prefersYaml(accept)).toBe(expected);
  });
});
