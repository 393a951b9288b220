import { RE2JS } from 're2js';
import { z } from 'zod';
import { faultOfExpression, sizeOfExpression } from './regular-expression.js';

const expressionPrefix = 'regex:';
const patternLengthMax = 255;

/**
 * The one form of a pattern for names of groups. `*` stands for any characters and everything else for itself, so that a
 * plain name means just that name, whatever characters it has. After `regex:` stands a regular expression instead.
 * Either has to match the whole name.
 */
export const NamePattern = z
  .string()
  .min(1)
  .max(patternLengthMax)
  .superRefine((pattern, context) => {
    const message = faultOfExpression(expressionOf(pattern));
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

/** All patterns of a list are matched together. */
const listSizeMax = 20_000;

export function faultOfPatterns(patterns: readonly string[]): string | undefined {
  const expressions = patterns.map(expressionOf);
  if (expressions.some((expression) => faultOfExpression(expression) !== undefined)) return undefined; // Said there.
  const size = expressions.reduce((sum, expression) => sum + sizeOfExpression(expression), 0);
  return size > listSizeMax ? 'must have fewer or smaller patterns: together these are too large' : undefined;
}

/** Names of groups that a setting is about. */
export const NamePatterns = z
  .array(NamePattern)
  .max(200)
  .superRefine((list, context) => {
    const message = faultOfPatterns(list);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

/** As a regular expression, to be matched against whole names. */
export function expressionOf(pattern: string): string {
  if (pattern.startsWith(expressionPrefix)) return pattern.slice(expressionPrefix.length);
  return pattern.split('*').map(RE2JS.quote).join('.*');
}
