import { StandardSchemaValidationPipe } from '@nestjs/common';
import { RequestInvalidError } from './request-invalid.js';

const shownProblems = 20;

/** Validates what a route declares with `{ schema }`, and answers in our own form. */
export const requestSchemaPipe = new StandardSchemaValidationPipe({
  exceptionFactory: (issues) =>
    new RequestInvalidError(
      issues.slice(0, shownProblems).map(({ path, message }) => ({
        path: (path ?? []).map((segment) => String(typeof segment === 'object' ? segment.key : segment)).join('.'),
        message,
      })),
    ),
});
