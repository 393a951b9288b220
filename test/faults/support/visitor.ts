import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from '@gatehouse/testing';
import type { Ledger } from './ledger.js';
import { LedgerBrowser } from './ledger-browser.js';
import { whereIs } from './where-is.js';

/** Steps of one try; more is a loop. */
const stepsMax = 40;
/** How long people look at an error page before they start again. */
const beforeTryingAgainMs = 400;

export type Landing = 'landed' | 'refused' | 'gave-up';

/** A person with a browser that runs no script. */
export class Visitor {
  /** Why the tries before the last one came to nothing. */
  readonly failures: string[] = [];

  constructor(
    readonly name: string,
    private readonly origin: string,
    ledger: Ledger,
    private readonly password = 'demo',
    readonly browser = new LedgerBrowser(name, ledger),
  ) {}

  /** Starts again after every error, as people do, until Jira shows the page or the time is over. */
  async signIn(withinMs: number): Promise<Landing> {
    const deadline = Date.now() + withinMs;
    while (Date.now() < deadline) {
      const outcome = await this.tryOnce(deadline);
      if (outcome.kind !== 'failed') return outcome.kind;
      this.failures.push(outcome.why);
      await delay(beforeTryingAgainMs);
    }
    return 'gave-up';
  }

  /** One try from Jira's page, with no second chance. */
  async tryOnce(
    deadline = Date.now() + 30_000,
  ): Promise<{ kind: 'landed' | 'refused' } | { kind: 'failed'; why: string }> {
    try {
      let page = await this.browser.get(`${this.origin}/browse/DEMO-1`);
      for (let step = 0; step < stepsMax && Date.now() < deadline; step += 1) {
        const at = whereIs(page);
        if (at.kind === 'landed' || at.kind === 'refused') return at;
        if (at.kind === 'error') return { kind: 'failed', why: at.says };
        page = await this.goOn(page, at);
      }
      return { kind: 'failed', why: `no end in sight at ${page.url.pathname}` };
    } catch (error) {
      return { kind: 'failed', why: reason(error) };
    }
  }

  private async goOn(page: Page, at: Exclude<ReturnType<typeof whereIs>, { kind: 'landed' | 'refused' | 'error' }>) {
    switch (at.kind) {
      case 'link':
        return this.browser.click(page, at.text);
      case 'identify':
        return this.browser.submit(page, { username: this.name, password: this.password });
      case 'wait':
        await delay(at.seconds * 1_000);
        return this.browser.get(page.url);
    }
  }
}

/** Errors of Node's own fetch come from another realm than the test's, so `instanceof` does not know them. */
function reason(error: unknown): string {
  const { cause, message } = error as { cause?: { code?: unknown }; message?: unknown };
  return String(cause?.code ?? message).slice(0, 300);
}
