import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ConfigDocumentInput } from '@gatehouse/contracts';
import { HttpBrowser, plain } from '@gatehouse/testing';
import type { Page } from '@gatehouse/testing';
import { GatewayFixture } from '../gateway.fixture.js';
import { upstreamClient } from '../upstream-idp.fixture.js';

const refusal = 'for agents only';

/** What claim-mapping has decided of somebody, with or without the person in a directory who led to it. */
interface Known {
  readonly name: string;
  readonly groups: readonly string[];
  readonly email?: string;
  readonly directory?: { readonly userName: string; readonly externalId?: string };
}

describe('D7 at the customer portal, for agents only', () => {
  let gateway: GatewayFixture;

  beforeAll(async () => {
    gateway = await GatewayFixture.start({ providers: ['company', 'partner'] });
    await configure('on');
    gateway.jira.extra = { gatehouse_entry: '/servicedesk/customer/portals' };
  });
  beforeEach(async () => {
    gateway.idp.people.clear();
    await gateway.dataSource.query(
      `truncate gateway.identity, mapping.account_identity, mapping.account_directory_user, mapping.desired_access,
         mapping.account, directory.directory_user, messaging.outbox, gateway.op_model cascade`,
    );
  });
  afterAll(() => gateway.stop());

  async function configure(provisioning: 'on' | 'review'): Promise<void> {
    const { issuer } = gateway.idp;
    const provider = (name: string) => ({ name, issuer, clientId: upstreamClient.id, signOutAtProvider: false });
    const document: ConfigDocumentInput = {
      version: 1,
      providers: { company: provider('Company'), partner: provider('Partner') },
      mappings: {
        company: {
          groups: { rules: [{ from: 'agents', to: 'jira-servicedesk-users' }] },
          directory: { provisioning },
        },
      },
      settings: { customerPortal: { singleSignOn: 'agents' } },
    };
    const { secret } = upstreamClient;
    await gateway.apply(document, {
      'providers.company.clientSecret': secret,
      'providers.partner.clientSecret': secret,
    });
  }

  /** As a provider says who signs in; `sub` is not the name. */
  function person(subject: string, claims: Record<string, unknown>): void {
    gateway.idp.person = subject;
    gateway.idp.people.set(subject, { email: `${subject}@example.com`, email_verified: true, groups: [], ...claims });
  }

  async function known({ name, groups, email, directory }: Known): Promise<string> {
    const [account] = await gateway.dataSource.query<{ id: string }[]>(
      'insert into mapping.account (name_folded) values ($1) returning id',
      [name],
    );
    const content = { username: name, email, groups: { wanted: groups } };
    await gateway.dataSource.query(
      'insert into mapping.desired_access (account_id, version, content, config_version) values ($1, 1, $2, 1)',
      [account!.id, content],
    );
    if (directory)
      await gateway.dataSource.query(
        `with person as (
           insert into directory.directory_user (provider, user_name, user_name_folded, external_id)
           values ('company', $1, lower($1), $2) returning id)
         insert into mapping.account_directory_user (directory_user_id, account_id) select id, $3 from person`,
        [directory.userName, directory.externalId, account!.id],
      );
    return account!.id;
  }

  /** As an agent whom nobody knows yet goes on: the name that was typed lets nobody in. */
  async function signInBy(provider: 'Company' | 'Partner', typed = 'nobody'): Promise<Page> {
    const browser = new HttpBrowser();
    const form = await browser.submit(await gateway.signIn(browser), { name: typed });
    return browser.click(form, provider);
  }
  const isIn = async (page: Page) => {
    expect(plain(page.body)).not.toContain(refusal);
    expect(await gateway.count('gateway.identity')).toBe(1);
  };
  const isRefused = async (page: Page, identities = 0) => {
    expect([page.status, plain(page.body).includes(refusal)]).toEqual([403, true]);
    expect(await gateway.count('gateway.identity')).toBe(identities);
  };

  describe('with several providers', () => {
    const hintOf = ({ history }: HttpBrowser) =>
      history.findLast(({ pathname }) => pathname === '/auth')!.searchParams.get('login_hint');

    it('the name that was typed goes on to the one that is chosen, and is in no address of ours', async () => {
      await known({ name: 'ada', groups: ['jira-servicedesk-users'] });
      person('ada', { preferred_username: 'ada' });
      const browser = new HttpBrowser();
      const choice = await browser.submit(await gateway.signIn(browser), { name: ' Ada ' });
      expect(plain(choice.body)).toContain('Choose where you have your account.');
      expect(choice.body).not.toMatch(/=Ada/);

      await browser.click(choice, 'Company');
      expect(hintOf(browser)).toBe('Ada');
    });

    it('of an agent whom nobody knows yet as well, and of two names the last', async () => {
      person('grace', { preferred_username: 'grace' });
      const browser = new HttpBrowser();
      const question = await gateway.signIn(browser);
      await browser.submit(question, { name: 'somebody' });
      const form = await browser.submit(question, { name: 'grace@example.com' });

      const refused = await browser.click(form, 'Partner');
      expect(hintOf(browser)).toBe('grace@example.com');
      expect(plain(refused.body)).toContain(refusal);
    });

    it('and is no hint for another account', async () => {
      person('grace', { preferred_username: 'grace' });
      const browser = new HttpBrowser();
      const form = await browser.submit(await gateway.signIn(browser), { name: 'grace' });
      await browser.get(new URL(`${/href="([^"]*provider=partner)"/.exec(form.body)![1]!}&other=1`, form.url));
      expect(hintOf(browser)).toBeNull();
    });

    it('a name that was too long is not kept', async () => {
      const browser = new HttpBrowser();
      await browser.submit(await gateway.signIn(browser), { name: 'a'.repeat(321) });
      expect(await gateway.count('gateway.op_model', `payload ? 'typedName'`)).toBe(0);
    });
  });

  describe('after the provider has answered', () => {
    const agents = ['Jira-ServiceDesk-Users'];

    it('an agent whom the directory calls by another name is known by the id of the provider', async () => {
      await known({
        name: 'ada@corp.example',
        groups: agents,
        directory: { userName: 'ada@corp.example', externalId: 'subject-of-ada' },
      });
      person('subject-of-ada', { preferred_username: 'ada' });
      await isIn(await signInBy('Company'));
    });

    it('an id of one provider says nothing of who has it at another one', async () => {
      await known({ name: 'ada', groups: agents, directory: { userName: 'ada', externalId: 'subject-of-ada' } });
      person('subject-of-ada', { preferred_username: 'somebody' });
      await isRefused(await signInBy('Partner'));
    });

    it('an agent who was renamed at the provider, and not yet in Jira, stays one', async () => {
      await gateway.dataSource.query(
        `insert into gateway.identity (provider, issuer, subject, claims) values ('company', $1, 'subject-of-ada', '{}')`,
        [gateway.idp.issuer],
      );
      await gateway.link((await gateway.identityOf('subject-of-ada'))!, 'ada');
      await gateway.dataSource.query(
        `insert into mapping.desired_access (account_id, version, content, config_version)
         select id, 1, $1, 1 from mapping.account`,
        [{ groups: { wanted: agents } }],
      );
      person('subject-of-ada', { preferred_username: 'ada.lovelace' });
      await isIn(await signInBy('Company'));
    });

    it('so does one whom only the directory has renamed, and calls by another id', async () => {
      await known({
        name: 'ada',
        groups: agents,
        directory: { userName: 'Ada.Lovelace', externalId: 'of-the-directory' },
      });
      person('subject-of-ada', { preferred_username: 'ada.lovelace' });
      await isIn(await signInBy('Company'));
    });

    it('P04 somebody whose username is the address of an agent is none for that, and gets no account', async () => {
      await known({ name: 'ada', groups: agents, email: 'ada@example.com' });
      person('mallory', { preferred_username: 'ada@example.com' });
      await isRefused(await signInBy('Partner'));
    });

    it('P04 somebody who has an account is known by it alone, whatever name the provider gives them', async () => {
      await gateway.dataSource.query(
        `insert into gateway.identity (provider, issuer, subject, claims) values ('partner', $1, 'mallory', '{}')`,
        [gateway.idp.issuer],
      );
      await gateway.link((await gateway.identityOf('mallory'))!, 'mallory');
      await known({ name: 'ada', groups: agents });
      person('mallory', { preferred_username: 'ada' });
      await isRefused(await signInBy('Partner'), 1);
    });

    it.each([
      ['by its id', 'subject-of-ada'],
      ['by the name', 'of-the-directory'],
    ])('a claim gives no group that the directory has taken away, which has the person %s', async (_, externalId) => {
      await known({ name: 'ada', groups: [], directory: { userName: 'ada', externalId } });
      person('subject-of-ada', { preferred_username: 'ada', groups: ['agents'] });
      await isRefused(await signInBy('Company'));
    });

    it('a directory on trial says nothing, and the claims do', async () => {
      await configure('review');
      await known({ name: 'ada', groups: [], directory: { userName: 'ada', externalId: 'subject-of-ada' } });
      person('subject-of-ada', { preferred_username: 'ada', groups: ['agents'] });
      await isIn(await signInBy('Company'));
      await configure('on');
    });

    it('somebody known who became an agent at the provider is one at once, where no directory has them', async () => {
      await known({ name: 'ada', groups: [] });
      person('subject-of-ada', { preferred_username: 'ada', groups: ['agents'] });
      await isIn(await signInBy('Company'));
    });
  });
});
