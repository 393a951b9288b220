import type { z } from 'zod';

/**
 * What is wrong with a value, and so what to write instead, in our own words: the library's speak of its types and change
 * with its versions. Never with the value, which could be a secret in the wrong place. A text that a schema gives itself
 * says more and goes before these.
 */
export const issueText: z.core.$ZodErrorMap = (issue) => {
  const isMissing = issue.input === undefined;
  switch (issue.code) {
    case 'invalid_type':
      return isMissing ? missing : `must be ${nouns[issue.expected] ?? issue.expected}${emptiness(issue.input)}`;
    case 'invalid_value':
      return isMissing ? missing : `must be ${oneOf(issue.values.map(String))}${emptiness(issue.input)}`;
    case 'invalid_union':
      return isMissing ? missing : 'must have one of the forms that the reference names';
    case 'too_small':
      return tooSmall(issue.origin, Number(issue.minimum), issue.exact === true);
    case 'too_big':
      return tooBig(issue.origin, Number(issue.maximum), issue.exact === true);
    case 'unrecognized_keys':
      return 'unknown key: leave it out';
    case 'invalid_key':
      return 'this name is not allowed here';
    case 'invalid_format':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'custom':
      return 'is not written as the reference says';
  }
};

const missing = 'required: add it';

const nouns: Partial<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** In YAML a key with nothing behind it. */
function emptiness(input: unknown): string {
  return input === null ? ', and nothing is there: write it, or leave the key out' : '';
}

function oneOf(values: readonly string[]): string {
  return values.length < 3 ? values.join(' or ') : `one of ${values.join(', ')}`;
}

function tooSmall(origin: string, minimum: number, isExact: boolean): string {
  if (origin !== 'string' && origin !== 'array') return `must be ${minimum} or more`;
  if (isExact) return `must have exactly ${countOf(origin, minimum)}`;
  return minimum === 1 ? 'must not be empty' : `must have ${countOf(origin, minimum)} or more`;
}

function tooBig(origin: string, maximum: number, isExact: boolean): string {
  if (origin !== 'string' && origin !== 'array') return `must be ${maximum} or less`;
  return `must have ${isExact ? 'exactly' : 'at most'} ${countOf(origin, maximum)}`;
}

function countOf(origin: 'string' | 'array', count: number): string {
  if (origin === 'string') return count === 1 ? '1 character' : `${count} characters`;
  return count === 1 ? '1 entry' : `${count} entries`;
}
