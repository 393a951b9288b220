import { TerminalError } from '@gatehouse/errors';
import type { EntityManager } from 'typeorm';

interface Row {
  /** Null: that version is not kept. */
  readonly actor: string | null;
  readonly four_eyes: boolean;
}

/**
 * Asked for by the configuration that holds, or by the one in question: taking the setting out is no way around it for
 * what was held before. @throws TerminalError `removals.four_eyes`
 */
export async function requireFourEyes(manager: EntityManager, configVersion: number, approver: string): Promise<void> {
  const rows = await manager.query<Row[]>(
    `select (select actor from console.config_version where version = $1) as actor,
       coalesce((document #>> '{settings,brake,fourEyes}')::boolean, false) as four_eyes
     from console.config_version
     where version = $1 or version = (select max(version) from console.config_version)`,
    [configVersion],
  );
  const isAsked = rows.some(({ four_eyes }) => four_eyes);
  if (!isAsked || rows.every(({ actor }) => nameOf(actor) !== nameOf(approver))) return;
  throw new TerminalError('removals.four_eyes', `Version ${configVersion} of the configuration was applied by you.`);
}

/** A session of the console is the token that opened it. */
function nameOf(actor: string | null): string | undefined {
  return actor?.replace(/^(token|session):/, '');
}
