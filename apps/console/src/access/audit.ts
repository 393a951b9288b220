import { currentTraceId } from '@gatehouse/telemetry';
import type { EntityManager } from 'typeorm';

export interface AuditEntry {
  /** `token:<name>`, `session:<name>` or `start`. */
  readonly actor: string;
  readonly action: string;
  readonly object: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** In the commit of what it tells of. */
export async function recordAudit(manager: EntityManager, entry: AuditEntry): Promise<void> {
  const { actor, action, object, details = {} } = entry;
  await manager.query(
    'insert into console.audit (actor, action, object, details, trace_id) values ($1, $2, $3, $4, $5)',
    [actor, action, object, JSON.stringify(details), currentTraceId() ?? null],
  );
}
