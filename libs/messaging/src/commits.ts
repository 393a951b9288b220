import { Injectable } from '@nestjs/common';
import { statement, Statements, unflushed } from '@gatehouse/database';
import type { Statement } from '@gatehouse/database';
import { DataSource } from 'typeorm';

type Told = 'gatehouse_outbox' | 'gatehouse_account' | 'gatehouse_sign_in';

const togetherMs = 5;

/**
 * Commits of one statement each, for many at the same moment. From a NOTIFY in it to its end a commit holds a lock of the
 * whole server, the wait for the disk included: they would come one by one. So relays are told a moment later, once for
 * all of them. Should the process die in between, they find the rows when they poll.
 */
@Injectable()
export class Commits {
  private readonly statements: Statements;
  private readonly waiting = new Map<Told, Set<string>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(dataSource: DataSource) {
    this.statements = new Statements(dataSource);
  }

  rows<Row extends object>(asked: Statement<Row>, values: readonly unknown[]): Promise<Row[]> {
    return this.statements.rows(asked, values);
  }

  /** After the commit. @param names queues, accounts, or one that is empty of a channel that names nobody */
  tell(names: readonly string[], channel: Told = 'gatehouse_outbox'): void {
    const waiting = this.waiting.get(channel) ?? new Set();
    for (const name of names) waiting.add(name);
    this.waiting.set(channel, waiting);
    this.timer ??= setTimeout(() => this.tellAll(), togetherMs).unref();
  }

  private tellAll(): void {
    this.timer = undefined;
    const told = [...this.waiting].flatMap(([channel, names]) => [...names].map((name) => [channel, name] as const));
    this.waiting.clear();
    // Nothing is lost with it: whoever listens looks by itself as well.
    this.statements
      .rows(notify, [told.map(([channel]) => channel), told.map(([, name]) => name)])
      .catch(() => undefined);
  }
}

const notify = statement(`
select pg_notify(channel, name) from unnest($1::text[], $2::text[]) as told (channel, name) where ${unflushed}`);
