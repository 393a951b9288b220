import { classifyAnswerError } from './classify-answer-error.js';
import type { AnswerFailure } from './classify-answer-error.js';

/** The provider's answer is not to be trusted, or there is none. */
export class AnswerError extends Error {
  constructor(
    readonly failure: AnswerFailure,
    cause?: unknown,
  ) {
    super(failure.reason, { cause });
    this.name = 'AnswerError';
  }

  static of(error: unknown): AnswerError {
    return error instanceof AnswerError ? error : new AnswerError(classifyAnswerError(error), error);
  }

  /** @param reason in words that name no value */
  static invalid(reason: string): AnswerError {
    return new AnswerError({ code: 'login.answer_invalid', reason });
  }
}
