import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Notifications, statement, Statements } from '@gatehouse/database';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { loggableError } from '../pages/classify-failure.js';
import { endingSessions, givingUpWaits } from './session-sql.js';

/** The backstop of the notification, within the two seconds in which an ended session is over everywhere. */
const everyMs = 1_000;

/** A sign-in that was being committed while the order came is found by a later look. */
const lookBackSeconds = 60;

/**
 * What operators ordered is carried out here, because the table of sessions is the gateway's (decision 15). An order says
 * which sessions are to be over, and is never done: whoever looks makes it so, as often as they look.
 */
@Injectable()
export class SessionRevocations implements OnModuleInit, OnModuleDestroy {
  private readonly statements: Statements;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private stopListening: () => void = () => undefined;

  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    dataSource: DataSource,
    private readonly notifications: Notifications,
  ) {
    this.statements = new Statements(dataSource);
  }

  /** Before anybody is served: while no gateway ran, orders may have come. */
  async onModuleInit(): Promise<void> {
    await this.carryOut('everything');
    this.timer = setInterval(() => this.look(), everyMs).unref();
    this.stopListening = await this.notifications.on('gatehouse_session_revocation', () => this.look());
  }

  async onModuleDestroy(): Promise<void> {
    this.stopListening();
    clearInterval(this.timer);
    await this.running;
  }

  /** @returns how many sessions ended */
  async carryOut(since: 'everything' | 'lately'): Promise<number> {
    const row = await this.statements.first(carryOut, [since === 'everything' ? null : lookBackSeconds]);
    return Number(row!.ended);
  }

  /** An order that comes during a look may have come too late for it. */
  private look(): void {
    this.again = this.running !== undefined;
    this.running ??= this.lookOnce().finally(() => {
      this.running = undefined;
      if (this.again) this.look();
    });
  }

  private async lookOnce(): Promise<void> {
    try {
      const ended = await this.carryOut('lately');
      if (ended > 0) this.logger.info({ ended }, 'sessions were ended by order');
    } catch (error) {
      // Without PostgreSQL nobody is let in anyway; the next second looks again.
      this.logger.warn({ err: loggableError(error) }, 'orders to end sessions could not be looked at');
    }
  }
}

/**
 * Sessions that were opened, or renewed by signing in again, after the order are not meant. A sign-in that was answered
 * before it and waits for its account is: its session would be opened later, and stay.
 */
const carryOut = statement<{ ended: string }>(`
with orders as materialized (
  select ordered_at, session_id, account_id, identity_id, provider from console.session_revocation
  where $1::integer is null or ordered_at > now() - make_interval(secs => $1::integer)
), meant as (
  select distinct session.id from orders
  join gateway.session session on session.ended_at is null and session.created_at <= orders.ordered_at
    and (orders.session_id is null or session.id = orders.session_id)
    and (orders.account_id is null or session.account_id = orders.account_id)
    and (orders.identity_id is null or session.identity_id = orders.identity_id)
  join gateway.identity identity on identity.id = session.identity_id
    and (orders.provider is null or identity.provider = orders.provider)
), ${endingSessions({ from: 'from meant', which: 'session.id = meant.id', reason: `'revoked'` })},
${givingUpWaits({
  from: 'from orders, gateway.login login, gateway.identity identity',
  which: `login.id = waiting.login_id and login.at <= orders.ordered_at
    and identity.id = waiting.identity_id and orders.session_id is null
    and (orders.identity_id is null or identity.id = orders.identity_id)
    and (orders.provider is null or identity.provider = orders.provider)
    and (orders.account_id is null or exists (
      select from mapping.account_identity linked
      where linked.identity_id = identity.id and linked.account_id = orders.account_id))`,
})}
select (select count(*) from ended) as ended, (select count(*) from told) as told`);
