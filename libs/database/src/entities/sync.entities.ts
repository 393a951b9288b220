import { Column, Entity, PrimaryColumn } from 'typeorm';

export type JiraAccountState = 'pending' | 'ready' | 'refused' | 'failed';

/** What group-sync knows of the Jira user behind an account. */
@Entity({ schema: 'sync', name: 'jira_account' })
export class JiraAccountRow {
  @PrimaryColumn('uuid', { name: 'account_id' }) accountId!: string;
  @Column('text', { name: 'jira_key', nullable: true }) jiraKey!: string | null;
  @Column('text', { nullable: true }) username!: string | null;
  @Column('boolean', { nullable: true }) active!: boolean | null;
  @Column('boolean', { name: 'created_by_us', default: false }) createdByUs!: boolean;
  @Column('jsonb', { name: 'create_intent', nullable: true }) createIntent!: unknown;
  @Column('text') state!: JiraAccountState;
  @Column('text', { nullable: true }) code!: string | null;
  @Column('uuid', { name: 'taken_by', nullable: true }) takenBy!: string | null;
  @Column('integer', { name: 'applied_version', nullable: true }) appliedVersion!: number | null;
  @Column('timestamptz', { name: 'verified_at', nullable: true }) verifiedAt!: Date | null;
  @Column('timestamptz', { name: 'verify_from', nullable: true }) verifyFrom!: Date | null;
  @Column('boolean', { default: false }) newcomer!: boolean;
  @Column('text', { name: 'deactivated_by', nullable: true }) deactivatedBy!:
    'directory' | 'administrator' | 'inactivity' | null;
  @Column('jsonb', { name: 'under_way', nullable: true }) underWay!: unknown;
  @Column('timestamptz', { name: 'seats_due_at', nullable: true }) seatsDueAt!: Date | null;
  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' }) updatedAt!: Date;
}

@Entity({ schema: 'sync', name: 'reconcile_run' })
export class ReconcileRunRow {
  @PrimaryColumn('bigint', { generated: 'identity' }) id!: string;
  @Column('uuid', { name: 'account_id' }) accountId!: string;
  @Column('integer', { nullable: true }) version!: number | null;
  @Column('text', { name: 'trace_id' }) traceId!: string;
  @Column('text') outcome!: 'applied' | 'unchanged' | 'refused' | 'outage' | 'failed' | 'paused' | 'cut-short';
  @Column('text', { nullable: true }) code!: string | null;
  @Column('jsonb', { nullable: true }) plan!: unknown;
  @Column('integer', { nullable: true }) attempt!: number | null;
  @Column('text', { nullable: true }) lane!: string | null;
  @Column('integer', { name: 'jira_calls', default: 0 }) jiraCalls!: number;
  @Column('timestamptz', { name: 'started_at' }) startedAt!: Date;
  @Column('timestamptz', { name: 'finished_at' }) finishedAt!: Date;
}
