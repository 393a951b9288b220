import { expect } from '@jest/globals';
import { ConfigApplied, Problem } from '@gatehouse/contracts';
import { secretPlace, SecretRow } from '@gatehouse/database';
import { adminToken, encryption, Surroundings } from './running-console.js';
import type { RunningConsole } from './running-console.js';

export const secret = 'the-client-secret-of-cognito';
export const withoutSecret = { name: 'Company', issuer: 'https://idp.example/pool', clientId: 'jira' };
export const provider = { ...withoutSecret, clientSecret: secret };
export const document = { version: 1, providers: { cognito: provider } };

/** The configuration of one running console, as a caller and as the database see it. */
export class ConfigUnderTest {
  private constructor(
    readonly surroundings: Surroundings,
    readonly running: RunningConsole,
  ) {}

  static async open(): Promise<ConfigUnderTest> {
    const surroundings = await Surroundings.open();
    return new ConfigUnderTest(surroundings, await surroundings.start());
  }

  async reset(): Promise<void> {
    await this.surroundings.dataSource.query(
      'truncate console.config_version, console.secret, console.audit restart identity',
    );
  }

  /** S08: whatever a test did, the secret is in no log line. */
  assertNothingLogged(): void {
    expect(this.surroundings.log).not.toContain(secret);
    expect(this.surroundings.log).not.toContain(adminToken);
  }

  put(body: unknown, headers: Record<string, string> = {}, query = ''): Promise<Response> {
    return this.running.request(`config${query}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'if-match': '*', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  async secrets(): Promise<Record<string, string>> {
    const rows = await this.surroundings.dataSource.getRepository(SecretRow).find();
    return Object.fromEntries(rows.map(({ name, sealed }) => [name, encryption.open(sealed, secretPlace(name))]));
  }

  async count(table: 'console.config_version' | 'console.audit'): Promise<number> {
    const rows: { n: number }[] = await this.surroundings.dataSource.query(`select count(*)::int as n from ${table}`);
    return rows[0]!.n;
  }
}

export async function applied(response: Promise<Response>): Promise<ConfigApplied> {
  const answer = await response;
  expect(answer.status).toBe(200);
  return ConfigApplied.parse(await answer.json());
}

export async function refused(response: Promise<Response>, status: number): Promise<Problem> {
  const answer = await response;
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  return Problem.parse(await answer.json());
}
