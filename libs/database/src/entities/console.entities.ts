import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import type { Role } from '@gatehouse/contracts';

@Entity({ schema: 'console', name: 'config_version' })
export class ConfigVersionRow {
  @PrimaryColumn('integer', { generated: 'identity' }) version!: number;
  @Column('jsonb') document!: unknown;
  @Column('text') actor!: string;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
  @Column('text', { nullable: true }) note!: string | null;
  @Column('integer', { name: 'restored_from', nullable: true }) restoredFrom!: number | null;
}

@Entity({ schema: 'console', name: 'secret' })
export class SecretRow {
  @PrimaryColumn('text') name!: string;
  @Column('text') sealed!: string;
  @Column('text') fingerprint!: string;
  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' }) updatedAt!: Date;
}

@Entity({ schema: 'console', name: 'api_token' })
export class ApiTokenRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column('text') name!: string;
  @Column('text', { name: 'token_hash' }) tokenHash!: string;
  @Column('text') role!: Role;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
  @Column('text', { name: 'created_by' }) createdBy!: string;
  @Column('timestamptz', { name: 'expires_at', nullable: true }) expiresAt!: Date | null;
  @Column('timestamptz', { name: 'last_used_at', nullable: true }) lastUsedAt!: Date | null;
}

@Entity({ schema: 'console', name: 'jira_registration' })
export class JiraRegistrationRow {
  @PrimaryColumn('text', { name: 'client_id' }) clientId!: string;
  @Column('bigint', { name: 'idp_id', nullable: true }) idpId!: string | null;
  @Column('text', { nullable: true }) applied!: string | null;
  @Column('timestamptz', { name: 'registered_at', nullable: true }) registeredAt!: Date | null;
}

@Entity({ schema: 'console', name: 'audit' })
export class ConsoleAuditRow {
  @PrimaryColumn('bigint', { generated: 'identity' }) id!: string;
  @Column('timestamptz', { default: () => 'now()' }) at!: Date;
  @Column('text') actor!: string;
  @Column('text') action!: string;
  @Column('text', { nullable: true }) object!: string | null;
  @Column('jsonb', { default: {} }) details!: Record<string, unknown>;
  @Column('text', { name: 'trace_id', nullable: true }) traceId!: string | null;
}
