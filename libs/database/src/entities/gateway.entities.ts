import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

export type Claims = Record<string, unknown>;

/** A person at a provider, keyed by (provider, issuer, subject), with the claims of the last verified answer. */
@Entity({ schema: 'gateway', name: 'identity' })
export class IdentityRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column('text') provider!: string;
  @Column('text') issuer!: string;
  @Column('text') subject!: string;
  @Column('jsonb') claims!: Claims;
  /** Which claims userinfo said, alone or too; those not named came from the ID token alone. */
  @Column('jsonb', { default: {} }) sources!: Record<string, 'userinfo' | 'both'>;
  /** Patterns of the mapping by which the person came in. */
  @Column('text', { array: true, default: [] }) entries!: string[];
  /** ID token and userinfo apart, sealed; null: no sign-in since these are kept. */
  @Column('text', { name: 'answer_sealed', nullable: true }) answerSealed!: string | null;
  @Column('timestamptz', { name: 'claims_changed_at', default: () => 'now()' }) claimsChangedAt!: Date;
  @Column('timestamptz', { name: 'verified_at', default: () => 'now()' }) verifiedAt!: Date;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
}

@Entity({ schema: 'gateway', name: 'login' })
export class LoginRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('timestamptz', { default: () => 'now()' }) at!: Date;
  @Column('text') provider!: string;
  @Column('uuid', { name: 'identity_id', nullable: true }) identityId!: string | null;
  @Column('text') outcome!: 'accepted' | 'refused' | 'failed';
  @Column('text', { nullable: true }) code!: string | null;
  @Column('text', { name: 'trace_id' }) traceId!: string;
  @Column('integer', { name: 'duration_ms' }) durationMs!: number;
  @Column('text', { nullable: true }) reason!: string | null;
  @Column('text', { nullable: true }) subject!: string | null;
}

@Entity({ schema: 'gateway', name: 'login_transaction' })
export class LoginTransactionRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { name: 'secret_hash' }) secretHash!: string;
  @Column('text') provider!: string;
  @Column('text') interaction!: string;
  @Column('text', { name: 'trace_id' }) traceId!: string;
  @Column('uuid', { name: 'login_id', nullable: true }) loginId!: string | null;
  @Column('uuid', { name: 'identity_id', nullable: true }) identityId!: string | null;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  @Column('timestamptz', { name: 'consumed_at', nullable: true }) consumedAt!: Date | null;
  @Column('timestamptz', { name: 'finished_at', nullable: true }) finishedAt!: Date | null;
  @Column('text', { name: 'provider_session', nullable: true }) providerSession!: string | null;
  @Column('text', { name: 'id_token_sealed', nullable: true }) idTokenSealed!: string | null;
  @Column('timestamptz', { name: 'authenticated_at', nullable: true }) authenticatedAt!: Date | null;
}

@Entity({ schema: 'gateway', name: 'session' })
export class SessionRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { name: 'token_hash' }) tokenHash!: string;
  @Column('uuid', { name: 'identity_id' }) identityId!: string;
  @Column('uuid', { name: 'account_id' }) accountId!: string;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
  @Column('timestamptz', { name: 'last_seen_at', default: () => 'now()' }) lastSeenAt!: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt!: Date | null;
  @Column('text', { name: 'ended_reason', nullable: true }) endedReason!: string | null;
  @Column('text', { name: 'provider_session', nullable: true }) providerSession!: string | null;
  @Column('boolean', { default: false }) remembered!: boolean;
  @Column('text', { name: 'id_token_sealed', nullable: true }) idTokenSealed!: string | null;
  @Column('timestamptz', { name: 'authenticated_at', default: () => 'now()' }) authenticatedAt!: Date;
}

@Entity({ schema: 'gateway', name: 'op_key' })
export class OpKeyRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column('text') purpose!: 'signing' | 'cookies' | 'client-secret';
  @Column('text') sealed!: string;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
  @Column('timestamptz', { name: 'retired_at', nullable: true }) retiredAt!: Date | null;
}
