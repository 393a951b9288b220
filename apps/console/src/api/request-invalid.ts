import type { DocumentProblem } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';

/** A parameter that the schema of its route does not allow. */
export class RequestInvalidError extends TerminalError {
  constructor(readonly problems: readonly DocumentProblem[]) {
    super('api.request_invalid', 'The request is not valid.');
  }
}
