import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigExport, PlanLine } from '@gatehouse/contracts';
import type { PlanPerson, PlanTotals } from '@gatehouse/contracts';
import { waitFor } from '@gatehouse/testing';
import pg from 'pg';
import { adminToken, Installation } from './support/installation.js';
import { jiraRest, jiraState } from './support/sandbox.js';
import type { SandboxUser } from './support/sandbox.js';

interface Claims {
  readonly groups?: readonly string[];
  readonly email?: string;
  readonly verified?: boolean;
}

/** Each for another reason. */
const people: Readonly<Record<string, Claims>> = {
  ada: { groups: ['dev', 'ops'] },
  grace: { groups: ['support'] },
  linus: {}, // No list: nothing may be concluded.
  zoe: { groups: [] },
  dave: { groups: ['dev'], verified: false }, // Refused, until the document trusts the address.
  eve: { groups: ['support'], email: 'eve@elsewhere.test' }, // Refused from then on.
  ...Object.fromEntries(
    Array.from({ length: 12 }, (_, at) => [
      `load-00${String(at + 10)}`,
      { groups: [['dev'], ['ops'], ['support', 'ops'], ['nothing-known']][at % 4]! },
    ]),
  ),
};

describe('P24 what a plan foretells', () => {
  let installation: Installation;
  let database: pg.Client;

  beforeAll(async () => {
    installation = await Installation.start();
    database = new pg.Client({ connectionString: installation.databaseUrl });
    await database.connect();
  }, 60_000);
  afterAll(async () => {
    await database.end();
    await installation.discard();
  });

  const api = (path: string, method: string, document?: object) =>
    fetch(`${installation.base}/api/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json', 'if-match': '*' },
      ...(document && { body: JSON.stringify(document) }),
    });
  const saved = async () => ConfigExport.parse(await (await api('config', 'GET')).json());

  async function applied(document: object, query = ''): Promise<void> {
    const answer = await api(`config${query}`, 'PUT', document);
    expect({ status: answer.status, text: answer.status === 200 ? '' : await answer.text() }).toMatchObject({
      status: 200,
    });
    await waitFor(
      async () => {
        const { rows } = await database.query(`select 1 from messaging.outbox where state <> 'settled' limit 1`);
        return rows.length === 0;
      },
      { timeoutMs: 90_000, what: 'everything that was accepted to be done' },
    );
  }

  async function plan(document: object): Promise<{ id: string; persons: PlanPerson[]; totals: PlanTotals }> {
    const text = await (await api('plans', 'POST', document)).text();
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => PlanLine.parse(JSON.parse(line)));
    const [first, last] = [lines[0], lines.at(-1)];
    if (first?.kind !== 'begins' || last?.kind !== 'totals') throw new Error(`not a whole plan: ${text.slice(-500)}`);
    const persons = lines.filter((line): line is PlanPerson => line.kind === 'person');
    return { id: first.plan, persons, totals: last };
  }

  async function known(issuer: string): Promise<void> {
    for (const [name, { groups, email = `${name}@example.com`, verified = true }] of Object.entries(people)) {
      const claims = {
        ...{ 'cognito:username': name, email, email_verified: verified, given_name: name, family_name: 'Person' },
        ...(groups && { 'cognito:groups': groups }),
      };
      await database.query(
        `insert into gateway.identity (provider, issuer, subject, claims) values ('cognito', $1, $2, $3)`,
        [issuer, randomUUID(), JSON.stringify(claims)],
      );
    }
  }

  const usersByName = async () =>
    new Map(
      (await jiraState(installation)).users.filter(({ name }) => name in people).map((user) => [user.name, user]),
    );
  const seatsUsed = async () => {
    const answer = await jiraRest(installation, 'GET', '/rest/api/2/applicationrole');
    const roles = (await answer.json()) as { name: string; userCount: number }[];
    return new Map(roles.map(({ name, userCount }) => [name, userCount]));
  };

  it('P04 is what happens in Jira once it is applied, for everybody and in every number', async () => {
    const base = await saved();
    await known(base.providers['cognito']!.issuer);
    base.settings.brake.percentMax = 100;
    base.mappings['cognito']!.groups.rules.push({ from: 'not-yet', to: 'jira-support' });
    await applied(base);
    await jiraRest(installation, 'POST', '/rest/api/2/group', { name: 'by-hand' });
    await jiraRest(installation, 'POST', '/rest/api/2/group/user?groupname=by-hand', { name: 'grace' });

    const edited = await saved();
    Object.assign(edited.providers['cognito']!, { trustUnverifiedEmail: true, allowedEmailDomains: ['example.com'] });
    const mapping = edited.mappings['cognito']!;
    mapping.profile.displayName = { claim: 'given_name' };
    mapping.groups.defaultGroups = [];
    mapping.groups.rules = [
      { from: 'dev', to: 'jira-developers' },
      { from: 'dev', to: 'jira-software-users' },
      { from: 'ops', to: 'jira-support' },
    ];
    const foretold = await plan(edited);
    const [before, seatsBefore] = [await usersByName(), await seatsUsed()];
    await applied(edited, `?plan=${foretold.id}`);
    const [after, seatsAfter] = [await usersByName(), await seatsUsed()];

    expect(before.size).toBe(Object.keys(people).length - 1); // All but dave.
    const changes = [...after].flatMap(([name, user]) => {
      const change = difference(before.get(name), user);
      return change ? [[name, change] as const] : [];
    });
    const told = foretold.persons.flatMap(({ username, gains, loses, profile }) => {
      const change = {
        gained: gains.map(({ group }) => group).sort(),
        lost: loses.map(({ group }) => group).sort(),
        displayName: profile.displayName?.to,
      };
      return change.gained.length + change.lost.length > 0 || change.displayName ? [[username!, change] as const] : [];
    });
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(changes));
    expect(changes.length).toBeGreaterThan(10);

    const all = changes.map(([, change]) => change);
    expect(foretold.totals).toMatchObject({
      people: Object.keys(people).length,
      gained: all.reduce((sum, { gained }) => sum + gained.length, 0),
      lost: all.reduce((sum, { lost }) => sum + lost.length, 0),
      created: 1,
      refused: { begins: 1, ends: 1 },
      brake: { holds: false },
    });
    for (const { application, takes, frees } of foretold.totals.seats!)
      expect([application, takes - frees]).toEqual([
        application,
        seatsAfter.get(application)! - seatsBefore.get(application)!,
      ]);
    expect(foretold.totals.seats!.some(({ frees }) => frees > 0)).toBe(true);
    expect(after.get('grace')!.groups).toContain('by-hand');
  }, 180_000);
});

/** Undefined: nothing that a mapping decides. A user who is made has no old display name to speak of. */
function difference(before: SandboxUser | undefined, after: SandboxUser) {
  const had = new Set(before?.groups);
  const has = new Set(after.groups);
  const change = {
    gained: [...has].filter((group) => !had.has(group)).sort(),
    lost: [...had].filter((group) => !has.has(group)).sort(),
    displayName: before && before.displayName !== after.displayName ? after.displayName : undefined,
  };
  return change.gained.length + change.lost.length > 0 || change.displayName ? change : undefined;
}
