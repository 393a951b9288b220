import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { DataSource } from 'typeorm';
import { loggableError } from './pages/classify-failure.js';

const everyMs = 60_000;
const batchRows = 500;
const batchesMax = 20;

/** A moment longer than they live, so that an answer in flight still finds what it needs to refuse properly. */
const expired = {
  'gateway.op_model': `expires_at < now() - interval '5 minutes'`,
  'gateway.login_transaction': `expires_at < now() - interval '5 minutes'`,
  'gateway.logout_token': `expires_at < now()`,
  // As long as the console keeps the test itself, which lives for minutes: what it shows of a person is for that day.
  'gateway.provider_test_answer': `begun_at < now() - interval '1 day'`,
  'gateway.session': `greatest(expires_at, ended_at) < now() - interval '30 days'`,
};

/** Removes what has expired, in small batches, on every replica: they skip each other's rows. */
@Injectable()
export class ExpiredRowsSweep implements OnModuleInit, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly dataSource: DataSource,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void (this.running ??= this.run()), everyMs).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** @returns how many rows went */
  async sweep(): Promise<number> {
    let removed = 0;
    for (const [table, condition] of Object.entries(expired)) {
      for (let batch = 0; batch < batchesMax; batch += 1) {
        const [, count] = await this.dataSource.query<[unknown[], number]>(
          `delete from ${table} where ctid = any (array(
             select ctid from ${table} where ${condition} limit ${batchRows} for update skip locked))`,
        );
        removed += count;
        if (count < batchRows) break;
      }
    }
    return removed;
  }

  private async run(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      // Nobody waits for it, and the next minute tries again.
      this.logger.warn({ err: loggableError(error) }, 'expired rows could not be removed');
    } finally {
      this.running = undefined;
    }
  }
}
