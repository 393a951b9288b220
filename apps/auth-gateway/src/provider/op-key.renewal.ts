import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { Notifications } from '@gatehouse/database';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { loggableError } from '../pages/classify-failure.js';
import { OpKeyStore } from './op-keys.store.js';

/** Much shorter than a new key is published before it signs: every replica has it by then. */
const everyMs = 60_000;

/** Looks whether the OP's keys are still the ones in use. */
@Injectable()
export class OpKeyRenewal implements OnModuleInit, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopListening: () => void = () => undefined;

  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly keys: OpKeyStore,
    private readonly notifications: Notifications,
  ) {}

  async onModuleInit(): Promise<void> {
    this.timer = setInterval(() => this.look(), everyMs).unref();
    this.stopListening = await this.notifications.on('gatehouse_op_keys', () => this.look());
  }

  async onModuleDestroy(): Promise<void> {
    this.stopListening();
    clearInterval(this.timer);
    await this.running;
  }

  private look(): void {
    this.running ??= this.keys
      .refresh()
      .catch((error: unknown) => {
        // The keys at hand stay in use, and the next minute looks again.
        this.logger.warn({ err: loggableError(error) }, "the OP's keys could not be looked at");
      })
      .finally(() => (this.running = undefined));
  }
}
