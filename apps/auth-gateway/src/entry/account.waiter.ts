import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { Notifications } from '@gatehouse/database';
import { Traces } from '@gatehouse/messaging';
import { accountStanding, isUsable } from './account-standing.js';
import type { Standing } from './account-standing.js';
import { AccountStore } from './account.store.js';
import { SignInNotice } from './sign-in-notice.js';

const pollMs = 100;

/** More people than this at once go straight to the page that waits for them, so that polling stays bounded. */
const waitersMax = 50;

interface Waiter {
  readonly ids: Set<string>;
  wake: () => void;
}

/** Waits for an account to become usable: woken by NOTIFY, with a short poll as the backstop. */
@Injectable()
export class AccountWaiter implements OnModuleInit, OnModuleDestroy {
  private readonly waiters = new Set<Waiter>();
  private stopListening: () => void = () => undefined;

  constructor(
    private readonly accounts: AccountStore,
    private readonly traces: Traces,
    private readonly notifications: Notifications,
    private readonly notice: SignInNotice,
  ) {}

  async onModuleInit(): Promise<void> {
    this.stopListening = await this.notifications.on('gatehouse_account', (id) => this.wake(id));
  }

  onModuleDestroy(): void {
    this.stopListening();
    this.wake('');
  }

  /** One look. The trace first: once it is settled, the rows read after it are its result. */
  async standingOf(identityId: string, traceId: string): Promise<Standing> {
    return (await this.look(identityId, traceId)).standing;
  }

  /** Looks until something is decided or the time is over; then the last standing is `pending`. */
  async waitFor(identityId: string, traceId: string, withinMs: number): Promise<Standing> {
    const deadline = Date.now() + withinMs;
    const waiter: Waiter = { ids: new Set([identityId]), wake: () => undefined };
    if (this.waiters.size >= waitersMax) return this.standingOf(identityId, traceId);
    this.waiters.add(waiter);
    try {
      while (true) {
        this.notice.give();
        const woken = this.nextWake(waiter, Math.min(pollMs, deadline - Date.now()));
        const { standing, accountId } = await this.look(identityId, traceId);
        if (standing.kind !== 'pending' || Date.now() >= deadline) return standing;
        if (accountId !== null) waiter.ids.add(accountId);
        await woken;
      }
    } finally {
      waiter.wake();
      this.waiters.delete(waiter);
    }
  }

  private async look(identityId: string, traceId: string): Promise<{ standing: Standing; accountId: string | null }> {
    const early = await this.accounts.factsOf(identityId);
    if (isUsable(early)) return { standing: accountStanding(early, 'pending'), accountId: early.accountId };
    const trace = await this.traces.stateOf(traceId);
    const facts = trace === 'pending' ? early : await this.accounts.factsOf(identityId);
    return { standing: accountStanding(facts, trace), accountId: facts.accountId };
  }

  /** Armed before the look, so that a notification during it is not lost. */
  private nextWake(waiter: Waiter, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, ms));
      waiter.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private wake(id: string): void {
    for (const waiter of this.waiters) if (id === '' || waiter.ids.has(id)) waiter.wake();
  }
}
