import { Injectable } from '@nestjs/common';
import { RawAnswer } from '@gatehouse/contracts';
import type { PersonClaims } from '@gatehouse/contracts';
import { Encryption, identityPlaces } from '@gatehouse/database';
import { DataSource } from 'typeorm';

const Apart = RawAnswer.pick({ idToken: true, userinfo: true });

interface IdentityRecord {
  id: string;
  provider: string;
  issuer: string;
  subject: string;
  claims: Record<string, unknown>;
  verified_at: Date;
  answer_sealed: string | null;
}

/** What providers said of one person at the last sign-in, as they said it (X48). */
@Injectable()
export class PersonClaimsReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly encryption: Encryption,
  ) {}

  async of(identityIds: readonly string[]): Promise<PersonClaims> {
    const rows = await this.dataSource.query<IdentityRecord[]>(
      `select id, provider, issuer, subject, claims, verified_at, answer_sealed from gateway.identity
       where id = any($1::uuid[]) order by verified_at desc, id`,
      [identityIds],
    );
    return {
      identities: rows.map((row) => ({
        ...{
          identity: row.id,
          provider: row.provider,
          subject: row.subject,
          verifiedAt: row.verified_at.toISOString(),
        },
        merged: row.claims,
        apart: row.answer_sealed === null ? null : this.open(row.answer_sealed, row),
      })),
    };
  }

  private open(sealed: string, row: IdentityRecord): PersonClaims['identities'][number]['apart'] {
    return Apart.parse(JSON.parse(this.encryption.open(sealed, identityPlaces.answer(row))));
  }
}
