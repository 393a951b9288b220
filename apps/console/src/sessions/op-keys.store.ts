import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { opKeySteps } from '@gatehouse/contracts';
import type { OpKeyStep } from '@gatehouse/contracts';
import { Encryption, OpKeyRow } from '@gatehouse/database';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';

const carriedOutWithinMs = 2_000;
const lookEveryMs = 50;

/** Of a kept key nothing else is ever looked at here. */
const Named = z.object({ kid: z.string() });

/** The gateway's keys as they are; to make others is the gateway's to do, so an order is written for it. */
@Injectable()
export class OpSigningKeys {
  constructor(
    private readonly dataSource: DataSource,
    private readonly encryption: Encryption,
  ) {}

  async steps(manager: EntityManager = this.dataSource.manager): Promise<readonly OpKeyStep[]> {
    const rows = await manager.getRepository(OpKeyRow).findBy({ purpose: 'signing' });
    const keys = rows.map(({ sealed, createdAt, retiredAt }) => ({ kid: this.kidOf(sealed), createdAt, retiredAt }));
    return opKeySteps(keys, new Date());
  }

  /**
   * The name of a key is nowhere but inside of it, so even a viewer's look opens it. One that cannot be opened, which
   * may be the very reason for a rotation, has no name, and keeps nobody from ordering others.
   */
  private kidOf(sealed: string): string | null {
    try {
      return Named.parse(JSON.parse(this.encryption.open(sealed, 'gateway.op_key/signing'))).kid;
    } catch {
      return null;
    }
  }

  /** In the transaction of the audit's line. */
  async order(manager: EntityManager, { actor, reason }: { actor: string; reason: string }): Promise<Date> {
    const [row] = await manager.query<{ ordered_at: Date }[]>(
      'insert into console.op_key_rotation (id, actor, reason) values ($1, $2, $3) returning ordered_at',
      [randomUUID(), actor, reason],
    );
    await manager.query(`select pg_notify('gatehouse_op_keys', '')`);
    return row!.ordered_at;
  }

  /** Waits a moment for a gateway. @returns whether no key that is older than the newest order is still without an end */
  async carriedOut(): Promise<boolean> {
    const deadline = performance.now() + carriedOutWithinMs;
    while (true) {
      const [row] = await this.dataSource.query<{ done: boolean }[]>(
        `select exists (select from gateway.op_key where purpose = 'signing' and retired_at is null
           and created_at > (select max(ordered_at) from console.op_key_rotation)) as done`,
      );
      if (row!.done || performance.now() >= deadline) return row!.done;
      await delay(lookEveryMs);
    }
  }
}
