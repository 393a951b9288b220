import { StandardSchemaValidationPipe } from '@nestjs/common';
import type { ArgumentMetadata } from '@nestjs/common';
import { RequestInvalidError } from './request-invalid.js';
import { problemsOf } from './request-problems.js';

/** Validates what a route declares with `{ schema }`, and answers in our own form. */
class RequestSchemaPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: (issues) => new RequestInvalidError(problemsOf(issues)) });
  }

  /** No body at all is taken as an empty object: so the answer names what has to be in it. */
  override transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    const isMissing = value === undefined && metadata.type === 'body';
    return super.transform(isMissing ? ({} as T) : value, metadata);
  }
}

export const requestSchemaPipe = new RequestSchemaPipe();
