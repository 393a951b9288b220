import { Injectable } from '@nestjs/common';
import { Commits } from '@gatehouse/messaging';

/** Of several people at once one is enough. */
const againAfterMs = 10;

/** Within which the next step begins; the last one is Jira's request for its token. */
const expectedMs = { step: 80, 'last step': 30 } as const;

/**
 * Tells every process that somebody has come back from their provider, some steps before there is a job of theirs, and
 * again at each further step of theirs. Not of whoever begins: anybody may, again and again, and what nobody waits for
 * would go slowly for no one.
 */
@Injectable()
export class SignInNotice {
  private givenAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly commits: Commits) {}

  /** @param of with `last step` nothing of the sign-in follows what comes next */
  give(of: keyof typeof expectedMs = 'step'): void {
    const now = performance.now();
    if (now - this.givenAt < againAfterMs) return;
    this.givenAt = now;
    this.commits.tell([String(expectedMs[of])], 'gatehouse_sign_in');
  }
}
