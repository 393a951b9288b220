import { RE2JS } from 're2js';
import { z } from 'zod';

/** Compiled, an expression must stay small: what it costs to match grows with its size, and with nothing else. */
const programSizeMax = 2_000;
const expressionLengthMax = 200;

/** RE2 never backtracks, so no expression and no claim makes matching slow (X15, X61). Lookarounds are not in it. */
export const RegularExpression = z
  .string()
  .min(1)
  .max(expressionLengthMax)
  .superRefine((expression, context) => {
    const message = faultOfExpression(expression);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

/** @returns undefined for an expression that can be used */
export function faultOfExpression(expression: string): string | undefined {
  try {
    return sizeOfExpression(expression) > programSizeMax
      ? 'must be a smaller regular expression: use fewer or smaller repetitions'
      : undefined;
  } catch (error) {
    const detail = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'not readable';
    return `must be a regular expression of the RE2 syntax, which has no lookaround and no back-references (${detail})`;
  }
}

/** What matching it costs at most, in a measure of RE2's own. */
export function sizeOfExpression(expression: string): number {
  return RE2JS.compile(expression).programSize();
}

const replacementLengthMax = 200;

/** Every match is replaced; a text without a match stays as it is. */
export const TextTransform = z
  .strictObject({
    match: RegularExpression.describe('A regular expression (RE2); `^` and `$` are the ends of the text.'),
    replace: z
      .string()
      .max(replacementLengthMax)
      .describe('What stands there instead: `$1` to `$9` are groups of the expression, `$$` is a dollar sign.'),
  })
  .superRefine(({ match, replace }, context) => {
    if (faultOfExpression(match) !== undefined) return; // It has its own message.
    const message = faultOfReplacement(replace, RE2JS.compile(match).groupCount());
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['replace'], message });
  });
export type TextTransform = z.output<typeof TextTransform>;

export const TextTransforms = z.array(TextTransform).max(20);

function faultOfReplacement(replace: string, groups: number): string | undefined {
  for (const [, token] of replace.matchAll(/\$(\$|\d+|.?)/gsu)) {
    if (token === '$') continue;
    if (!/^[1-9]$/.test(token!)) return 'after a dollar sign comes a digit from 1 to 9, or a second dollar sign';
    if (Number(token) > groups) return `there is no group $${token!}: the expression has ${groups}`;
  }
  return undefined;
}
