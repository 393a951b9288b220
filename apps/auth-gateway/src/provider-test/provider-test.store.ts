import { Injectable } from '@nestjs/common';
import type { MappingConfig, ProviderTestResult, ProviderWithoutSecrets } from '@gatehouse/contracts';
import { Encryption, providerTestPlaces } from '@gatehouse/database';
import { hashSecret } from '@gatehouse/relying-party';
import { DataSource } from 'typeorm';

/** As the console sealed it. */
export interface ProviderOnTrial {
  readonly key: string;
  readonly provider: ProviderWithoutSecrets;
  readonly mapping: MappingConfig;
  readonly secrets: { readonly clientSecret?: string; readonly clientKey?: string };
}

export interface ProviderTest {
  readonly id: string;
  readonly trial: ProviderOnTrial;
}

interface Row {
  id: string;
  draft_sealed: string;
}

/** What the interaction of a sign-in at a provider reads when it is no sign-in to Jira. */
const interactionPrefix = 'test/';

export function testInteraction(id: string): string {
  return interactionPrefix + id;
}

export function testOfInteraction(interaction: string): string | undefined {
  return interaction.startsWith(interactionPrefix) ? interaction.slice(interactionPrefix.length) : undefined;
}

@Injectable()
export class ProviderTestStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly encryption: Encryption,
  ) {}

  /** The first who has its address begins it; undefined for everybody else and for one that is over. */
  async begin(secret: string): Promise<ProviderTest | undefined> {
    const [row] = await this.dataSource.query<Row[]>(
      `with test as (
         select id, draft_sealed from console.provider_test where secret_hash = $1 and expires_at > now()
       ), begun as (
         insert into gateway.provider_test_answer (test_id) select id from test on conflict do nothing returning test_id
       )
       select test.id, test.draft_sealed from test join begun on begun.test_id = test.id`,
      [hashSecret(secret)],
    );
    return row && this.opened(row);
  }

  async underWay(id: string): Promise<ProviderTest | undefined> {
    const [row] = await this.dataSource.query<Row[]>(
      `select test.id, test.draft_sealed
       from console.provider_test test join gateway.provider_test_answer answer on answer.test_id = test.id
       where test.id = $1 and test.expires_at > now() and answer.answered_at is null`,
      [id],
    );
    return row && this.opened(row);
  }

  async answer(id: string, result: ProviderTestResult): Promise<void> {
    await this.dataSource.query(
      `update gateway.provider_test_answer set answered_at = now(), result_sealed = $2, outcome = $3
       where test_id = $1 and answered_at is null`,
      [id, this.encryption.seal(JSON.stringify(result), providerTestPlaces.result(id)), result.outcome],
    );
  }

  private opened({ id, draft_sealed: sealed }: Row): ProviderTest {
    return { id, trial: JSON.parse(this.encryption.open(sealed, providerTestPlaces.draft(id))) as ProviderOnTrial };
  }
}
