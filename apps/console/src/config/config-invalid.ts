import type { DocumentProblem } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';

const shownProblems = 100;

/** A document that cannot be applied. No problem ever quotes a value: it could be a secret in the wrong place. */
export class ConfigInvalidError extends TerminalError {
  readonly problems: readonly DocumentProblem[];

  constructor(problems: readonly DocumentProblem[]) {
    super('config.invalid', `The configuration document is not valid: ${countOf(problems.length)}.`);
    this.problems = problems.slice(0, shownProblems);
  }
}

function countOf(count: number): string {
  if (count === 1) return '1 problem';
  return count > shownProblems
    ? `${count} problems, the first ${shownProblems} of them are listed`
    : `${count} problems`;
}
