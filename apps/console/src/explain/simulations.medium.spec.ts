import { describe, expect, it } from '@jest/globals';
import { Problem, Simulation } from '@gatehouse/contracts';
import { ConsoleUnderTest } from '../../test/console-under-test.js';
import { providers } from '../../test/known-people.js';

const mapping = (from: string, to: string) => ({ company: { groups: { rules: [{ from, to }] } } });

describe('P32 U11 X44 a simulated sign-in, over the API', () => {
  const console = ConsoleUnderTest.shared();

  const post = (body: object) => console.post('simulations', body);

  it('of a person, by what is saved and by what is edited, side by side; nothing is written', async () => {
    const config = await console.people.configure({ rules: [{ from: 'dev', to: 'jira-developers' }] });
    await console.people.signedIn('ada', ['dev'], config);
    const tables = () =>
      console.people.query(
        `select (select count(*) from messaging.outbox) as jobs, (select count(*) from console.config_version) as versions,
                (select content from mapping.desired_access) as desired`,
      );
    const before = await tables();
    const document = { version: 1, providers, mappings: mapping('dev', 'jira-staff') };
    const answer = await post({ person: 'ada', document });
    expect(answer.status).toBe(200);
    const simulated = Simulation.parse(await answer.json());
    expect(simulated).toMatchObject({
      provider: 'company',
      identities: 1,
      saved: { decision: { kind: 'enter' }, account: { groups: { wanted: ['jira-developers'] } } },
      edited: { account: { groups: { wanted: ['jira-staff'] } } },
      difference: { gained: ['jira-staff'], lost: ['jira-developers'] },
    });
    // No Jira answers here; what it tells is tried with the sandbox (test/flows/explain-ten-answers).
    expect(simulated.saved.seats).toMatchObject({ state: 'unknown', because: expect.stringContaining('Jira is away') });
    // What claim-mapping has decided of the same claims.
    expect((before[0]!['desired'] as { groups: { wanted: string[] } }).groups.wanted).toEqual(
      simulated.saved.account!.groups.wanted,
    );
    expect(await tables()).toEqual(before);
  });

  it('of pasted claims, with the reason of a refusal', async () => {
    await console.people.configure({});
    const claims = { preferred_username: 'eve', email: 'eve@example.com', email_verified: false };
    const simulated = Simulation.parse(await (await post({ provider: 'company', claims })).json());
    expect(simulated).toMatchObject({
      saved: { decision: { kind: 'refuse', code: 'entry.email_not_verified' }, account: null },
      edited: null,
      difference: null,
    });
  });

  it('a document with mistakes is refused with their paths, and says nothing of the environment', async () => {
    await console.people.configure({});
    const company = { ...providers.company, clientSecret: { env: 'NOT_SET' } };
    const wrong = { version: 1, providers: { company }, mappings: { company: { groups: { mood: 1 } } } };
    const answer = await post({ provider: 'company', claims: {}, document: wrong });
    expect(answer.status).toBe(422);
    expect(Problem.parse(await answer.json()).errors).toEqual([
      { path: 'mappings.company.groups.mood', message: expect.any(String) },
    ]);
  });

  it('U36 shows an operator no claim of a person that the saved document does not show', async () => {
    const config = await console.people.configure({ rules: [{ from: 'dev', to: 'jira-developers' }] });
    await console.people.signedIn('ada', ['dev'], config);
    const mappings = { company: { properties: [{ key: 'x', claim: 'birthdate' }] } };
    const document = { version: 1, providers, mappings };
    const refused = await console.postAs('operator', 'simulations', { person: 'ada', document });
    expect([refused.status, Problem.parse(await refused.json())]).toMatchObject([
      403,
      { code: 'api.forbidden', detail: expect.stringContaining('leave out document') },
    ]);
    const claims = { preferred_username: 'ada', email: 'ada@example.com' };
    for (const allowed of [{ person: 'ada' }, { provider: 'company', claims, document }])
      expect((await console.postAs('operator', 'simulations', allowed)).status).toBe(200);
    expect((await console.postAs('admin', 'simulations', { person: 'ada', document })).status).toBe(200);
  });

  it('what names neither a person nor claims, or nobody, is refused', async () => {
    await console.people.configure({});
    expect((await post({ provider: 'company' })).status).toBe(400);
    expect((await post({ person: 'nobody' })).status).toBe(404);
  });
});
