import type { Change } from './change.js';

/** What became of the changes of one run, kept while they are made, so that whatever ends the run can tell it. */
export class Progress {
  readonly done: Change[] = [];
  /** Groups that are not in Jira and may not be made: visible, and nobody's failure (S41). */
  readonly skipped: string[] = [];
  /** Groups of a licence that turned out to be full: somebody else took the seat since the plan was made (P04). */
  readonly paused: string[] = [];
  /** The user is inactive, and coming back would take a seat that is not there. */
  isActivationPaused = false;
  /** The directory of the user does not take them, whoever asks again. */
  readonly refusedForGood: Change[] = [];
  readonly createdGroups: string[] = [];
  /** Jira lets go nobody who has left traces in it. */
  isUserKept = false;
  private readonly started = new Set<Change>();

  start(change: Change): void {
    this.started.add(change);
  }

  succeeded(change: Change): void {
    this.started.delete(change);
    this.done.push(change);
  }

  /** Jira said that it did not do it. */
  refused(change: Change, { forGood }: { readonly forGood: boolean }): void {
    this.started.delete(change);
    if (forGood) this.refusedForGood.push(change);
  }

  skip(change: Extract<Change, { kind: 'add' }>): void {
    this.started.delete(change);
    this.skipped.push(change.group);
  }

  keep(change: Extract<Change, { kind: 'remove-user' }>): void {
    this.started.delete(change);
    this.isUserKept = true;
  }

  pause(change: Extract<Change, { kind: 'add' | 'activate' }>): void {
    this.started.delete(change);
    if (change.kind === 'add') this.paused.push(change.group);
    else this.isActivationPaused = true;
  }

  /** Sent, and without an answer that settles it. */
  get uncertain(): readonly Change[] {
    return [...this.started];
  }
}
