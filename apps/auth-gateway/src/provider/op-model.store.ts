import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import Provider, { errors } from 'oidc-provider';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { DataSource } from 'typeorm';
import { statement, Statements } from '@gatehouse/database';
import { resolvedInteraction } from './interaction-sql.js';
import { commitOf, commitValues } from './op-commit-sql.js';
import { OpWrites } from './op-writes.js';
import type { OpRow } from './op-writes.js';

export interface KeptRow {
  readonly payload: AdapterPayload;
  readonly consumed_seconds: number | null;
  /** Of the grant it was issued under, where that was read along. */
  readonly grant_payload: AdapterPayload | null;
}

/** Reads a row together with what will be asked next. */
type ReadAlong = (model: string, key: string) => Promise<KeptRow | undefined | 'not-mine'>;

/** What one request to the OP has read ahead and not yet written. */
interface Unit {
  readonly writes: OpWrites;
  readonly grants: Map<string, AdapterPayload>;
  readonly readAlong: ReadAlong;
}

/**
 * What the OP keeps, in one table. Ids of codes, tokens, interactions and OP sessions are stored as hashes, so that
 * whoever reads the database holds nothing that can be presented. A grant's id is our session's public id.
 *
 * The library asks for one thing at a time. Within a request its writes are collected and committed together, in one
 * statement, before the answer leaves (decision 12): nothing that was handed out is ever missing afterwards.
 */
@Injectable()
export class OpModelStore {
  private readonly statements: Statements;
  private readonly units = new WeakMap<object, Unit>();

  constructor(dataSource: DataSource) {
    this.statements = new Statements(dataSource);
  }

  adapterOf(model: string): Adapter {
    return new PostgresAdapter(this, model);
  }

  /** Around everything the library does for one request. */
  async committing(ctx: { readonly status: number }, readAlong: ReadAlong, next: () => Promise<void>): Promise<void> {
    const unit: Unit = { writes: new OpWrites(), grants: new Map(), readAlong };
    this.units.set(ctx, unit);
    await next();
    try {
      await this.commit(unit.writes);
    } catch (error) {
      // A code that was consumed for an exchange which failed anyway: it is spent and its grant revoked, no more to say.
      if (!(error instanceof errors.InvalidGrant) || ctx.status < 400) throw error;
    }
  }

  /** Commits the beginning of a sign-in with what the OP writes for this request. */
  begin(ctx: object, transaction: readonly unknown[]): void {
    this.units.get(ctx)!.writes.begin(transaction);
  }

  /** The interaction of an authorization request that still waits, as the library keeps it. */
  async interaction(uid: string): Promise<AdapterPayload | undefined> {
    const row = await this.statements.first(readLiving, ['Interaction', keyOf('Interaction', uid)]);
    return row && { ...row.payload, jti: uid };
  }

  /** Goes with the interaction. The library reads past it. */
  async keepTypedName(uid: string, name: string): Promise<void> {
    await this.statements.rows(keepTypedName, [keyOf('Interaction', uid), name]);
  }

  /** @returns where the browser goes on; undefined when the interaction is no longer there */
  async resolveInteraction(uid: string, result: object): Promise<string | undefined> {
    const row = await this.statements.first(resolve, [keyOf('Interaction', uid), JSON.stringify(result)]);
    return row?.return_to;
  }

  async find(model: string, id: string): Promise<AdapterPayload | undefined> {
    const key = keyOf(model, id);
    const unit = this.unit();
    const pending = unit?.writes.pendingOf(model, key);
    if (pending !== undefined) return pending === 'removed' ? undefined : { ...pending, jti: id };
    const ahead = model === 'Grant' ? unit?.grants.get(id) : undefined;
    if (ahead) return { ...ahead, jti: id };
    const along = unit ? await unit.readAlong(model, key) : 'not-mine';
    const row = along === 'not-mine' ? await this.statements.first(read, [model, key]) : along;
    if (!row) return undefined;
    const { grantId } = row.payload;
    // Whoever presents a code needs its grant next.
    if (grantId !== undefined && row.grant_payload) unit?.grants.set(grantId, row.grant_payload);
    return {
      ...row.payload,
      jti: id,
      ...(row.consumed_seconds === null ? {} : { consumed: Math.floor(row.consumed_seconds) }),
    };
  }

  async write(row: OpRow): Promise<void> {
    const unit = this.unit();
    const writes = unit?.writes ?? new OpWrites();
    writes.write(row);
    // The library stores a token right after it has consumed its code. Both or neither, and the library learns which.
    if (!unit || writes.consumes) await this.commit(writes);
  }

  async remove(model: string, id: string): Promise<void> {
    const unit = this.unit();
    const writes = unit?.writes ?? new OpWrites();
    writes.remove(model, keyOf(model, id));
    if (!unit) await this.commit(writes);
  }

  /** Takes effect with the next write or at the end of the request, whatever comes first. */
  async consume(model: string, id: string): Promise<void> {
    const unit = this.unit();
    const writes = unit?.writes ?? new OpWrites();
    writes.consume(model, keyOf(model, id));
    if (!unit) await this.commit(writes);
  }

  async revoke(model: string, grantId: string): Promise<void> {
    this.unit()?.grants.delete(grantId);
    await this.statements.rows(revokeOfModel, [model, grantId]);
  }

  /** @throws InvalidGrant when another request has consumed the code; then nothing is written and its grant is gone */
  private async commit(writes: OpWrites): Promise<void> {
    const taken = writes.take();
    if (!taken) return;
    const row = await this.statements.first(commitOf(taken), commitValues(taken));
    if (row?.all_consumed !== false) return;
    // The grant too, and whatever the exchange that won was given: the code is in two hands (RFC 6749 4.1.2).
    await this.statements.rows(revokeOfConsumed, [JSON.stringify(taken.consumed)]);
    throw new errors.InvalidGrant('already consumed');
  }

  private unit(): Unit | undefined {
    const ctx: object | undefined = Provider.ctx;
    return ctx && this.units.get(ctx);
  }
}

class PostgresAdapter implements Adapter {
  constructor(
    private readonly store: OpModelStore,
    private readonly model: string,
  ) {}

  upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    // Only what was issued under a grant goes with it; an interaction also names one, and must outlive it.
    const grantId = this.model === 'Grant' ? id : issued.has(this.model) ? payload.grantId : undefined;
    const { uid, userCode } = payload;
    return this.store.write({
      model: this.model,
      id: keyOf(this.model, id),
      payload: kept(payload),
      grant_id: grantId,
      uid,
      user_code: userCode,
      expires_in: expiresIn,
    });
  }

  find(id: string): Promise<AdapterPayload | undefined> {
    return this.store.find(this.model, id);
  }

  /** A session cannot be found by its uid as a whole: its own id is known only as a hash. Nothing we enable needs it. */
  findByUid(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  findByUserCode(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  consume(id: string): Promise<void> {
    return this.store.consume(this.model, id);
  }

  destroy(id: string): Promise<void> {
    return this.store.remove(this.model, id);
  }

  revokeByGrantId(grantId: string): Promise<void> {
    return this.store.revoke(this.model, grantId);
  }
}

/** A row that was written by the statement before. */
export function asKept(payload: AdapterPayload): KeptRow {
  return { payload, consumed_seconds: null, grant_payload: null };
}

const issued = new Set(['AccessToken', 'AuthorizationCode']);

export function keyOf(model: string, id: string): string {
  return model === 'Grant' ? id : hash('sha256', id, 'base64url');
}

/** Without the two ids that could be presented: its own, and the OP session's inside an interaction. */
function kept(payload: AdapterPayload): AdapterPayload {
  const rest: AdapterPayload = { ...payload };
  delete rest.jti;
  if (rest.session) {
    rest.session = { ...rest.session };
    delete rest.session.cookie;
  }
  return rest;
}

const columns = `kept.payload, extract(epoch from kept.consumed_at)::float8 as consumed_seconds`;

const read = statement<KeptRow>(
  `select ${columns}, null::jsonb as grant_payload from gateway.op_model kept where kept.model = $1 and kept.id = $2`,
);

const readLiving = statement<Pick<KeptRow, 'payload'>>(
  `select payload from gateway.op_model where model = $1 and id = $2 and expires_at > now()`,
);

const keepTypedName = statement(
  `update gateway.op_model set payload = payload || jsonb_build_object('typedName', $2::text)
   where model = 'Interaction' and id = $1 and expires_at > now()`,
);

const resolve = statement<{ return_to: string }>(
  `with ${resolvedInteraction('$1', '$2')} select return_to from resolved`,
);

const revokeOfModel = statement(`delete from gateway.op_model where model = $1 and grant_id = $2`);

const revokeOfConsumed = statement(
  `delete from gateway.op_model where grant_id in (
     select kept.grant_id from gateway.op_model kept
     join jsonb_to_recordset($1::jsonb) as asked (model text, id text) using (model, id))`,
);
