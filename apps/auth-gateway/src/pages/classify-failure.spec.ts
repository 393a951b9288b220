import { describe, expect, it } from '@jest/globals';
import { NotFoundException } from '@nestjs/common';
import { classifyFailure, loggableError } from './classify-failure.js';
import { SignInError } from './sign-in-error.js';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

describe('a failure', () => {
  it.each([
    { error: new SignInError('login.interaction_expired'), code: 'login.interaction_expired' },
    { error: new NotFoundException(), code: 'login.request_refused' },
    { error: withCode('ECONNREFUSED'), code: 'database.unreachable' },
    { error: new AggregateError([withCode('ECONNREFUSED')]), code: 'database.unreachable' },
    { error: withCode('57P01'), code: 'database.unreachable' },
    { error: new Error('Connection terminated unexpectedly'), code: 'database.unreachable' },
    { error: withCode('23505'), code: 'login.unexpected' },
    { error: 'a string', code: 'login.unexpected' },
  ])('is $code', ({ error, code }) => {
    expect(classifyFailure(error).code).toBe(code);
  });

  it('is logged without what libraries hang on their errors', () => {
    const cause = Object.assign(new Error('inner'), { parameters: ['claim'], response: { body: 'token' } });
    const logged = JSON.stringify(loggableError(new Error('outer', { cause })));
    expect(logged).toContain('inner');
    expect(logged).not.toMatch(/claim|token/);
  });
});
