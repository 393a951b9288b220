import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** A person's Jira user, as we think of it. Its id is the immutable `sub` that Jira sees. */
@Entity({ schema: 'mapping', name: 'account' })
export class AccountRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column('text', { name: 'name_folded' }) nameFolded!: string;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
}

@Entity({ schema: 'mapping', name: 'account_identity' })
export class AccountIdentityRow {
  @PrimaryColumn('uuid', { name: 'identity_id' }) identityId!: string;
  @Column('uuid', { name: 'account_id', nullable: true }) accountId!: string | null;
  @Column('text', { name: 'refused_code', nullable: true }) refusedCode!: string | null;
  @Column('timestamptz', { name: 'decided_at', default: () => 'now()' }) decidedAt!: Date;
}

@Entity({ schema: 'mapping', name: 'desired_access' })
export class DesiredAccessRow {
  @PrimaryColumn('uuid', { name: 'account_id' }) accountId!: string;
  @Column('integer') version!: number;
  @Column('jsonb') content!: unknown;
  @Column('integer', { name: 'config_version' }) configVersion!: number;
  @Column('timestamptz', { name: 'decided_at', default: () => 'now()' }) decidedAt!: Date;
}

/** How far a provider's people have been mapped again after its mapping changed. */
@Entity({ schema: 'mapping', name: 'remap' })
export class RemapRow {
  @PrimaryColumn('text') provider!: string;
  @Column('integer', { name: 'config_version' }) configVersion!: number;
  @Column('uuid', { nullable: true }) cursor!: string | null;
  @Column('integer') total!: number;
  @Column('integer', { default: 0 }) done!: number;
  @Column('timestamptz', { name: 'started_at', default: () => 'now()' }) startedAt!: Date;
  @Column('timestamptz', { name: 'finished_at', nullable: true }) finishedAt!: Date | null;
}
