import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ada, config } from '../test/ada.js';
import { Installation } from '../test/installation.js';

let gatehouse: Installation;
beforeAll(async () => void (gatehouse = await Installation.open()));
afterAll(() => gatehouse.close());
beforeEach(async () => {
  await gatehouse.empty();
  await gatehouse.configure(config);
});

describe('two identities of one name', () => {
  it('O60 with an equal verified e-mail are one account, and their groups add up', async () => {
    const one = await gatehouse.map(await gatehouse.identity('cognito', ada));
    const two = await gatehouse.map(
      await gatehouse.identity('partner', { ...ada, preferred_username: 'ADA', email: 'ADA@example.com', groups: [] }),
    );
    expect(two).toEqual(one);
    expect((await gatehouse.desiredOf(one.account!))?.content).toMatchObject({
      groups: { wanted: ['jira-developers'] },
    });
  });

  it('O60 with another e-mail: the second is refused and the first keeps what it has', async () => {
    const one = await gatehouse.map(await gatehouse.identity('cognito', ada));
    const before = await gatehouse.desiredOf(one.account!);
    const two = await gatehouse.map(
      await gatehouse.identity('partner', { ...ada, email: 'eve@evil.test', groups: [] }),
    );
    expect(two).toEqual({ account: undefined, code: 'match.identity_not_linked' });
    expect(await gatehouse.desiredOf(one.account!)).toEqual(before);
  });

  it('a trusted provider joins an account that has a Jira user, whatever its e-mail', async () => {
    const one = await gatehouse.map(await gatehouse.identity('cognito', ada));
    await gatehouse.jiraSays(one.account!, { key: 'JIRAUSER1', state: 'ready' });
    const two = await gatehouse.map(await gatehouse.identity('trusted', { ...ada, email: 'ada@work.example' }));
    expect(two).toEqual(one);
  });

  it('O60 an identity that proved nothing is not let in on the proof of a trusted one', async () => {
    const squatter = await gatehouse.identity('cognito', { ...ada, email: 'eve@evil.test' });
    await gatehouse.map(squatter);
    const { account } = await gatehouse.map(await gatehouse.identity('trusted', ada));
    expect(await gatehouse.linkOf(squatter)).toEqual({ account: undefined, code: 'match.identity_not_linked' });
    expect((await gatehouse.desiredOf(account!))?.content).toMatchObject({ email: 'ada@example.com' });
  });

  it('O60 whoever claims a name first does not lock its owner out', async () => {
    const squatter = await gatehouse.identity('cognito', { ...ada, email: 'eve@evil.test' });
    const first = await gatehouse.map(squatter);
    await gatehouse.jiraSays(first.account!, { state: 'refused', code: 'match.email_differs' });
    const owner = await gatehouse.identity('partner', ada);
    expect(await gatehouse.map(owner)).toEqual(first);
    expect((await gatehouse.linkOf(squatter)).code).toBe('match.identity_not_linked');

    await gatehouse.jiraSays(first.account!, { key: 'JIRAUSER1', state: 'ready' });
    expect((await gatehouse.map(squatter)).code).toBe('match.identity_not_linked');
    expect(await gatehouse.linkOf(owner)).toEqual(first);
  });

  it('at the same time meet in one account', async () => {
    for (let round = 0; round < 5; round += 1) {
      const name = `twin-${round}`;
      const claims = { ...ada, preferred_username: name };
      const identities = [await gatehouse.identity('cognito', claims), await gatehouse.identity('partner', claims)];
      const links = await Promise.all(identities.map((identity) => gatehouse.map(identity)));
      expect(links[0]).toEqual(links[1]);
      expect(links[0]!.account).toBeDefined();
    }
    expect(await gatehouse.count('mapping.account')).toBe(5);
  });

  it('at the same time with different e-mails: exactly one gets the name', async () => {
    const one = await gatehouse.identity('cognito', ada);
    const two = await gatehouse.identity('partner', { ...ada, email: 'other@example.com' });
    const links = await Promise.all([gatehouse.map(one), gatehouse.map(two)]);
    expect(links.map(({ code }) => code).sort()).toEqual(['match.identity_not_linked', undefined]);
  });
});

it('F19 one identity in five deliveries at once ends in one account and one version', async () => {
  const identity = await gatehouse.identity('cognito', ada);
  const links = await Promise.all(Array.from({ length: 5 }, () => gatehouse.map(identity)));
  expect(new Set(links.map(({ account }) => account)).size).toBe(1);
  expect(await gatehouse.desiredOf(links[0]!.account!)).toMatchObject({ version: 1 });
});

describe('claims that change while an older run is under way', () => {
  const advisory = `select pg_advisory_xact_lock(hashtextextended('map-claims/' || $1, 0))`;
  const accountRow = 'update mapping.account set decisions = decisions + 1 where id = $1';

  it('I4 an identity is read only when its turn has come', async () => {
    const identity = await gatehouse.identity('cognito', ada);
    await gatehouse.overtake(
      advisory,
      identity,
      () => gatehouse.map(identity),
      () => gatehouse.claim(identity, { groups: [] }),
    );
    const { account } = await gatehouse.linkOf(identity);
    expect(await gatehouse.desiredOf(account!)).toMatchObject({ version: 1, content: { groups: { wanted: [] } } });
  });

  it('I4 the identities of an account are read only once no other run decides on it', async () => {
    const [one, two] = [await gatehouse.identity('cognito', ada), await gatehouse.identity('partner', ada)];
    const { account } = await gatehouse.map(one);
    await gatehouse.map(two);
    await gatehouse.claim(one, { groups: [] });
    await gatehouse.overtake(
      accountRow,
      account!,
      () => gatehouse.map(one),
      () => gatehouse.claim(two, { groups: [] }),
    );
    expect(await gatehouse.desiredOf(account!)).toMatchObject({ version: 3, content: { groups: { wanted: [] } } });
  });
});
