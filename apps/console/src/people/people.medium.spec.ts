import { describe, expect, it } from '@jest/globals';
import { PersonClaims, Provisioned } from '@gatehouse/contracts';
import { identityPlaces } from '@gatehouse/database';
import { ConsoleUnderTest } from '../../test/console-under-test.js';
import { encryption } from '../../test/running-console.js';

const identityOfAda = { provider: 'company', issuer: 'https://idp.example', subject: 'subject-of-ada' };
const apart = {
  idToken: { state: 'read', claims: { sub: 'subject-of-ada', groups: ['dev'] } },
  userinfo: { state: 'failed', reason: 'it answered 500' },
} as const;

describe('one person, over the API', () => {
  const console = ConsoleUnderTest.shared();

  async function ada(): Promise<{ accountId: string; identityId: string }> {
    const config = await console.people.configure({ rules: [{ from: 'dev', to: 'jira-developers' }] });
    return console.people.signedIn('ada', ['dev'], config);
  }
  async function claims(person: string): Promise<PersonClaims['identities'][number]> {
    const { identities } = PersonClaims.parse(await (await console.get(`people/${person}/claims`)).json());
    return identities[0]!;
  }

  it('X48 what was said at the last sign-in, each source apart; kept sealed, and opened for this identity alone', async () => {
    const { identityId } = await ada();
    const keep = (sealed: string) =>
      console.people.query('update gateway.identity set answer_sealed = $2 where id = $1', [identityId, sealed]);
    await keep(encryption.seal(JSON.stringify(apart), identityPlaces.answer(identityOfAda)));
    expect(await claims('ADA')).toMatchObject({ identity: identityId, merged: { groups: ['dev'] }, apart });

    await keep(encryption.seal(JSON.stringify(apart), identityPlaces.answer({ ...identityOfAda, subject: 'grace' })));
    expect((await console.get('people/ada/claims')).status).toBe(500);
  });

  it('X48 F29 of somebody who has not signed in since the update, what the mapping reads is all there is', async () => {
    await ada();
    expect(await claims('ada')).toMatchObject({ merged: { preferred_username: 'ada' }, apart: null });
  });

  it('U20 orders each identity and the account in the interactive lane, and says what it waits for', async () => {
    const { accountId, identityId } = await ada();
    await console.people.query(
      `insert into messaging.lane_state (queue, paused_by, reason) values ('group-sync.interactive', 'token:ops', 'Jira upgrade')`,
    );
    const answer = await console.post('people/ada/provision', { reason: 'a ticket' });
    const provisioned = Provisioned.parse(await answer.json());
    expect(provisioned).toMatchObject({ account: accountId, finished: false });
    expect(provisioned.steps.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'waiting', 'not-reached']);
    expect(provisioned.steps[2]!.text).toContain('Jira upgrade');
    const rows = await console.people.query('select event, queue, key, trace_id from messaging.outbox order by id');
    const { traceId } = provisioned;
    expect(rows).toEqual([
      { event: 'identity.provision-due', queue: 'claim-mapping.interactive', key: identityId, trace_id: traceId },
      { event: 'account.provision-due', queue: 'group-sync.interactive', key: accountId, trace_id: traceId },
    ]);
  });

  it('U20 has somebody mapped again whom only a directory knows, with an account and without', async () => {
    await console.people.configure({ rules: [{ from: 'dev', to: 'jira-developers' }] });
    const graceInDirectory = await console.people.inDirectory(
      { userName: 'grace' },
      { refused: 'match.identity_not_linked' },
    );
    expect((await console.post('people/grace/provision', {})).status).toBe(200);
    const keys = await console.people.query('select event, queue, key from messaging.outbox order by id');
    expect(keys).toEqual([
      { event: 'directory.user-provision-due', queue: 'claim-mapping.interactive', key: graceInDirectory },
    ]);
    const audited = await console.people.query(
      `select object from console.audit where action = 'person.provisioned' order by id desc limit 1`,
    );
    expect(audited).toEqual([{ object: `directory-user/${graceInDirectory}` }]);
  });

  it('U20 wants no reason, and nobody is not known', async () => {
    await ada();
    await console.people.query(
      `insert into messaging.breaker (name, state, code, opened_at) values ('jira', 'open', 'jira.rate_limited', now())`,
    );
    const { steps } = Provisioned.parse(await (await console.post('people/ada/provision', {})).json());
    expect(steps[2]).toMatchObject({ outcome: 'waiting', code: 'jira.rate_limited' });
    expect((await console.post('people/nobody/provision', {})).status).toBe(404);
  });
});
