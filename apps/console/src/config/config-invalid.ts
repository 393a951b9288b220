import type { DocumentProblem } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import { problemAt } from './config-fault.js';
import type { Fault } from './config-fault.js';
import type { ConfigSource } from './parse-config-text.js';

export const shownProblems = 100;

/** A document that cannot be applied. No problem ever quotes a value: it could be a secret in the wrong place. */
export class ConfigInvalidError extends TerminalError {
  readonly problems: readonly DocumentProblem[];

  /** @param count of all of them, where only the first ones are given */
  constructor(
    problems: readonly DocumentProblem[],
    readonly count = problems.length,
  ) {
    super('config.invalid', `The configuration document is not valid: ${inWords(count)}.`);
    this.problems = problems.slice(0, shownProblems);
  }

  /**
   * Lines are looked up for those that are shown: a document may have a mistake in each of 100,000 lines.
   * @param more than those given
   */
  static of(source: ConfigSource, faults: readonly Fault[], more = 0): ConfigInvalidError {
    const shown = faults.slice(0, Math.max(0, shownProblems - source.problems.length));
    const problems = [...source.problems, ...shown.map((fault) => problemAt(source, fault))];
    return new ConfigInvalidError(problems, source.problems.length + faults.length + more);
  }
}

function inWords(count: number): string {
  if (count === 1) return '1 problem';
  return count > shownProblems
    ? `${count} problems, the first ${shownProblems} of them are listed`
    : `${count} problems`;
}
