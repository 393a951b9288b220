import { Injectable } from '@nestjs/common';
import { accountRenameDue } from '@gatehouse/contracts';
import type { RenameItem, RenamePage, RenamesQuery } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import { Outbox } from '@gatehouse/messaging';
import { currentTraceId, newTraceId } from '@gatehouse/telemetry';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { codeInWords } from '../api/code-in-words.js';
import { filteredPage } from '../audit/filtered-pages.js';
import { loginPosition } from '../audit/page-position.js';

interface Row {
  readonly id: string;
  readonly at: Date;
  readonly jira_key: string;
  readonly from_name: string;
  readonly to_name: string;
  readonly state: RenameItem['state'];
  readonly code: string | null;
  readonly noticed_at: Date;
  readonly trace_id: string;
}

const listed = {
  table: `(select account_id as id, changed_at as at, jira_key, from_name, to_name, state, code, noticed_at, trace_id
    from sync.rename) as renames`,
  columns: 'id, at, jira_key, from_name, to_name, state, code, noticed_at, trace_id',
  idType: 'uuid',
  position: loginPosition,
} as const;

/** What group-sync says of renames, read; an administrator's word on one of them, written. */
@Injectable()
export class Renames {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  async page({ state, ...page }: RenamesQuery): Promise<RenamePage> {
    const { rows, next } = await filteredPage<Row>(this.dataSource, listed, page, { state });
    return { items: rows.map(shown), next };
  }

  /** The order is about the name that is wanted now. @throws TerminalError `rename.not_waiting` */
  async order(manager: EntityManager, accountId: string, actor: string, reason: string): Promise<RenameItem> {
    const rows = await manager.query<Row[]>(
      `select ${listed.columns} from ${listed.table} where id = $1 and state <> 'done'`,
      [accountId],
    );
    const row = rows[0];
    if (!row) throw new TerminalError('rename.not_waiting', 'No rename of this account waits.');
    await manager.query(
      `insert into console.rename_order as known (account_id, to_name, actor, reason) values ($1, $2, $3, $4)
       on conflict (account_id) do update set to_name = excluded.to_name, actor = excluded.actor,
         reason = excluded.reason, ordered_at = now()`,
      [accountId, row.to_name, actor, reason],
    );
    await this.outbox.publish(manager, accountRenameDue, { accountId, traceId: currentTraceId() ?? newTraceId() });
    return shown(row);
  }
}

function shown(row: Row): RenameItem {
  const { id, at, jira_key, from_name, to_name, state, code, noticed_at, trace_id } = row;
  const known = codeInWords(code);
  return {
    ...{ account: id, jiraKey: jira_key, from: from_name, to: to_name, state, code },
    ...{ reason: known?.meaning ?? null, instruction: known?.action ?? null },
    ...{ noticedAt: noticed_at.toISOString(), changedAt: at.toISOString(), traceId: trace_id },
  };
}
