import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { problemsOf } from './request-problems.js';

const issuesOf = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error!.issues;

describe('what an answer says is wrong with a request', () => {
  it('has the path of each mistake, and twenty of them at most', () => {
    expect(problemsOf(issuesOf(z.strictObject({ a: z.array(z.string()) }), { a: [1] }))).toEqual([
      { path: 'a.0', message: expect.stringContaining('string') },
    ]);
    expect(
      problemsOf(
        issuesOf(
          z.array(z.string()),
          Array.from({ length: 50 }, () => 1),
        ),
      ),
    ).toHaveLength(20);
  });

  it('of several forms says what each of them lacks', () => {
    const either = z.union([z.strictObject({ person: z.string() }), z.strictObject({ claims: z.strictObject({}) })]);
    const [problem] = problemsOf(issuesOf(either, {}));
    expect(problem).toEqual({ path: '', message: expect.stringMatching(/2 forms: \(1\) person: .*; \(2\) claims: /) });
  });
});
