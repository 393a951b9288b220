import { setTimeout as delay } from 'node:timers/promises';
import { logIn } from './driver.js';
import type { Broker } from './driver.js';

/** People who sign in for the first time, one at a time: each waits for an account in Jira. */
export class Newcomers {
  private count = 0;

  constructor(
    private readonly broker: Broker,
    private readonly idpOrigin: string,
    private readonly everyMs = 75,
  ) {}

  /** @returns how long it took, in ms */
  async next(): Promise<number> {
    const nextAt = performance.now() + this.everyMs;
    this.count += 1;
    const { wallMs } = await logIn(this.broker, this.idpOrigin, `newcomer-${this.count}`);
    await delay(Math.max(0, nextAt - performance.now()));
    return wallMs;
  }
}
