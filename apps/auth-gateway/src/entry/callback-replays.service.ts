import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { testOfInteraction } from '../provider-test/provider-test.store.js';
import { TransactionStore } from '../relying-party/transaction.store.js';
import type { Transaction } from '../relying-party/transaction.store.js';

export type Replayed =
  | { kind: 'wait'; transaction: Transaction; secret: string }
  | { kind: 'tested'; result: undefined }
  /** Just now, by another request of this browser. */
  | { kind: 'done'; id: string; interaction: string }
  /** Not decided yet. */
  | { kind: 'answering' }
  | { kind: 'not-open'; reason: string };

const pollMs = 100;
/** Then a page that asks again by itself: a provider may take longer, a request must not. */
const withinMs = 4_000;

/**
 * An answer of a provider that comes once more from the browser it belongs to: a reload, the back button, a double
 * click. Nothing is asked again. While the first one is still on its way, this one waits to see what becomes of it:
 * of two at the same moment, the browser shows the later one.
 */
@Injectable()
export class CallbackReplays {
  constructor(private readonly transactions: TransactionStore) {}

  async outcomeOf(id: string, secret: string, interaction: string): Promise<Replayed> {
    if (testOfInteraction(interaction) !== undefined) return { kind: 'tested', result: undefined };
    const deadline = Date.now() + withinMs;
    let stage = await this.transactions.stageOf(id, secret);
    while (stage === 'answering' && Date.now() < deadline) {
      await delay(pollMs);
      stage = await this.transactions.stageOf(id, secret);
    }
    if (stage === 'answering') return { kind: 'answering' };
    if (stage === 'signed-in') return { kind: 'done', id, interaction };
    const waiting = await this.transactions.waiting(id, secret);
    return waiting ? { kind: 'wait', transaction: waiting, secret } : { kind: 'not-open', reason: 'replayed' };
  }
}
