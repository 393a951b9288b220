import { Injectable } from '@nestjs/common';
import { Commits } from '@gatehouse/messaging';

/** Of several people at once one is enough. */
const againAfterMs = 10;

/**
 * Tells every process that a provider has said who somebody is, some steps before there is a job of theirs, and
 * again at each further step of theirs. Not before the provider has said who they are: anybody may begin, and come back with
 * a code of their own making, again and again, and what nobody waits for would go slowly for no one.
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
