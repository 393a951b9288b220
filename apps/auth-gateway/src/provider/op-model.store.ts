import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { errors } from 'oidc-provider';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { DataSource } from 'typeorm';

interface Row {
  payload: AdapterPayload;
  consumed_seconds: number | null;
}

/**
 * What the OP keeps, in one table. Ids of codes, tokens, interactions and OP sessions are stored as hashes, so that
 * whoever reads the database holds nothing that can be presented. A grant's id is our session's public id.
 */
@Injectable()
export class OpModelStore {
  constructor(private readonly dataSource: DataSource) {}

  adapterOf(model: string): Adapter {
    return new PostgresAdapter(this.dataSource, model);
  }

  /** The OP's own session by its public uid: our sign-in starts it anew under the right account. */
  async deleteOpSession(uid: string): Promise<void> {
    await this.dataSource.query(`delete from gateway.op_model where model = 'Session' and uid = $1`, [uid]);
  }
}

const issued = new Set(['AccessToken', 'AuthorizationCode']);

class PostgresAdapter implements Adapter {
  constructor(
    private readonly dataSource: DataSource,
    private readonly model: string,
  ) {}

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    // Only what was issued under a grant goes with it; an interaction also names one, and must outlive it.
    const grantId = this.model === 'Grant' ? id : issued.has(this.model) ? payload.grantId : undefined;
    await this.dataSource.query(
      `insert into gateway.op_model (model, id, payload, grant_id, uid, user_code, expires_at)
       values ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))
       on conflict (model, id) do update set payload = excluded.payload, grant_id = excluded.grant_id,
         uid = excluded.uid, user_code = excluded.user_code, expires_at = excluded.expires_at`,
      [this.model, this.key(id), this.kept(payload), grantId, payload.uid, payload.userCode, expiresIn],
    );
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const rows = await this.dataSource.query<Row[]>(
      `select payload, extract(epoch from consumed_at)::float8 as consumed_seconds
       from gateway.op_model where model = $1 and id = $2`,
      [this.model, this.key(id)],
    );
    const row = rows[0];
    if (!row) return undefined;
    return {
      ...row.payload,
      jti: id,
      ...(row.consumed_seconds === null ? {} : { consumed: Math.floor(row.consumed_seconds) }),
    };
  }

  /** A session cannot be found by its uid as a whole: its own id is known only as a hash. Nothing we enable needs it. */
  findByUid(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  findByUserCode(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** The library looks and then consumes; between the two a second exchange must not slip through (RFC 6749 4.1.2). */
  async consume(id: string): Promise<void> {
    const [, consumed] = await this.dataSource.query<[unknown[], number]>(
      `update gateway.op_model set consumed_at = now() where model = $1 and id = $2 and consumed_at is null`,
      [this.model, this.key(id)],
    );
    if (consumed === 1) return;
    await this.dataSource.query(
      // The grant too: the exchange that won may not have stored its token yet.
      `delete from gateway.op_model where grant_id =
         (select grant_id from gateway.op_model where model = $1 and id = $2)`,
      [this.model, this.key(id)],
    );
    throw new errors.InvalidGrant('already consumed');
  }

  async destroy(id: string): Promise<void> {
    await this.dataSource.query(`delete from gateway.op_model where model = $1 and id = $2`, [
      this.model,
      this.key(id),
    ]);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.dataSource.query(`delete from gateway.op_model where model = $1 and grant_id = $2`, [
      this.model,
      grantId,
    ]);
  }

  private key(id: string): string {
    return this.model === 'Grant' ? id : createHash('sha256').update(id).digest('base64url');
  }

  /** Without the two ids that could be presented: its own, and the OP session's inside an interaction. */
  private kept(payload: AdapterPayload): AdapterPayload {
    const kept: AdapterPayload = { ...payload };
    delete kept.jti;
    if (kept.session) {
      kept.session = { ...kept.session };
      delete kept.session.cookie;
    }
    return kept;
  }
}
