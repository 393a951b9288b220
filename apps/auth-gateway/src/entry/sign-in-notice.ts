import { Injectable } from '@nestjs/common';
import { Commits } from '@gatehouse/messaging';

/** Of several people at once one is enough. */
const againAfterMs = 10;

/**
 * Tells every worker that somebody has come back from their provider, some steps before there is a job of theirs. Not of
 * whoever begins: anybody may, again and again, and what nobody waits for would go slowly for no one.
 */
@Injectable()
export class SignInNotice {
  private givenAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly commits: Commits) {}

  give(): void {
    const now = performance.now();
    if (now - this.givenAt < againAfterMs) return;
    this.givenAt = now;
    this.commits.tell([''], 'gatehouse_sign_in');
  }
}
