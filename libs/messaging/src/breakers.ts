import { dependencies } from '@gatehouse/contracts';
import type { Dependency } from '@gatehouse/contracts';
import type { Notifications } from '@gatehouse/database';
import type { Logger } from '@gatehouse/telemetry';
import type { DataSource } from 'typeorm';
import { Breaker } from './breaker.js';
import { BreakerStore } from './breaker.store.js';

/** One breaker for each thing that jobs may need, shared by all processes on one database. */
export class Breakers {
  private readonly all: ReadonlyMap<Dependency, Breaker>;
  private stopListening: (() => void) | undefined;

  constructor(
    dataSource: DataSource,
    private readonly notifications: Notifications,
    logger: Logger,
  ) {
    this.all = new Map(
      dependencies.map((name) => [name, new Breaker(name, new BreakerStore(dataSource, name), logger)] as const),
    );
  }

  of(name: Dependency): Breaker {
    return this.all.get(name)!;
  }

  /** Before anybody asks: a process that starts during an outage makes no call. */
  async load(): Promise<void> {
    await Promise.all([...this.all.values()].map((breaker) => breaker.load()));
  }

  async start(): Promise<void> {
    this.stopListening = await this.notifications.on('gatehouse_breaker', (name) => {
      for (const [dependency, breaker] of this.all) if (name === '' || name === dependency) breaker.wake();
    });
    for (const breaker of this.all.values()) breaker.start();
  }

  async stop(): Promise<void> {
    this.stopListening?.();
    await Promise.all([...this.all.values()].map((breaker) => breaker.stop()));
  }
}
