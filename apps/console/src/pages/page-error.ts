import type { ErrorCode } from '@gatehouse/errors';
import { TerminalError } from '@gatehouse/errors';

/** A refusal that a person reads on a page. */
export class PageError extends TerminalError {
  constructor(
    readonly status: number,
    code: ErrorCode,
    readonly title: string,
    text: string,
  ) {
    super(code, text);
  }
}

/** Not an error to show: the person signs in and comes back. */
export class SignInNeeded extends TerminalError {
  constructor() {
    super('console.session_missing', 'This needs a console session.');
  }
}
