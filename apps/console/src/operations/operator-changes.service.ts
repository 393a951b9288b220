import { Injectable } from '@nestjs/common';
import { TerminalError } from '@gatehouse/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { actorOf } from '../access/actor.js';
import { recordAudit } from '../access/audit.js';
import type { AuditEntry } from '../access/audit.js';
import { ChangeLimit } from './change-limit.js';

export interface Asked {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Every change an operator makes: counted against the limit, and told to the audit in the commit of the change. */
@Injectable()
export class OperatorChanges {
  constructor(
    private readonly dataSource: DataSource,
    private readonly limit: ChangeLimit,
  ) {}

  /**
   * @param work does it within the transaction; what it throws rolls back the change and its line
   * @throws TerminalError when this actor changes more than anybody does by hand
   */
  async make<Result>(
    asked: Asked,
    entry: Omit<AuditEntry, 'actor'>,
    work: (manager: EntityManager, actor: string) => Promise<Result>,
  ): Promise<Result> {
    return this.attempt(asked, async (manager, actor) => {
      const result = await work(manager, actor);
      await recordAudit(manager, { ...entry, actor });
      return result;
    });
  }

  /** The same for work that tells the audit itself, because only it knows whether anything changes. */
  async attempt<Result>(
    { request, reply }: Asked,
    work: (manager: EntityManager, actor: string) => Promise<Result>,
  ): Promise<Result> {
    const actor = actorOf(request);
    const waitMs = this.limit.takeOne(actor);
    if (waitMs > 0) {
      void reply.header('retry-after', Math.ceil(waitMs / 1000));
      throw new TerminalError('api.too_many_changes', 'Too many changes in one minute.');
    }
    return this.dataSource.transaction((manager) => work(manager, actor));
  }
}
