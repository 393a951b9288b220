import { createHash } from 'node:crypto';
import { randomToken } from '../server/random-token.js';

/** A single sign-on that was started and not yet come back from. */
export interface PendingLogin {
  readonly idpId: number;
  readonly nonce: string;
  readonly destination: string;
  readonly codeVerifier: string | undefined;
}

const lifeMs = 10 * 60 * 1000;
const pendingMax = 10_000;

/** In memory, as Jira keeps them in the HTTP session: they do not survive a restart. */
export class PendingLogins {
  private readonly byState = new Map<string, PendingLogin & { readonly browser: string; readonly until: number }>();

  /** The `state` to send. `browser` is the cookie of the browser that starts. */
  begin(browser: string, login: PendingLogin): string {
    const oldest = this.byState.keys().next().value;
    if (this.byState.size >= pendingMax && oldest !== undefined) this.byState.delete(oldest);
    const state = randomToken();
    this.byState.set(state, { ...login, browser: digest(browser), until: Date.now() + lifeMs });
    return state;
  }

  /**
   * Once, and only to the browser that began: otherwise somebody could finish their own login in another person's
   * browser (login CSRF).
   */
  take(state: string, browser: string | undefined): PendingLogin | undefined {
    const pending = this.byState.get(state);
    if (!pending || browser === undefined || pending.browser !== digest(browser)) return undefined;
    this.byState.delete(state);
    return pending.until > Date.now() ? pending : undefined;
  }

  clear(): void {
    this.byState.clear();
  }
}

function digest(value: string): string {
  return createHash('sha256').update(value).digest('base64url');
}
