import type { TraceId } from '@gatehouse/contracts';
import { statement, Statements } from '@gatehouse/database';
import type { DataSource } from 'typeorm';

/** `pending`: a job of this trace is on its way. `parked`: one waits for an operator. `settled`: nothing is left to do. */
export type TraceState = 'pending' | 'settled' | 'parked';

const readState = statement<{ state: TraceState }>(`
select case when bool_or(outcome = 'parked') then 'parked'
            when bool_or(state <> 'settled') then 'pending'
            else 'settled' end as state
from messaging.outbox where trace_id = $1 and (state = 'settled' or not_before is null or not_before <= now())`);

/** Follows one trace through all its jobs. Nobody waits for a fact about later. */
export class Traces {
  private readonly statements: Statements;

  constructor(dataSource: DataSource) {
    this.statements = new Statements(dataSource);
  }

  async stateOf(traceId: TraceId): Promise<TraceState> {
    return (await this.statements.first(readState, [traceId]))!.state;
  }
}
