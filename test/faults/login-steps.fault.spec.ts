import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Encryption } from '@gatehouse/database';
import { flawless, judge } from './checks/everything.js';
import { Crowd } from './support/crowd.js';
import { FaultInstallation } from './support/installation.js';
import { LedgerBrowser } from './support/ledger-browser.js';
import type { JiraState } from './support/sandbox.js';
import { topologies } from './support/topology.js';
import { Visitor } from './support/visitor.js';

/** What a login asks of the product: each of them may find a process that has never heard of it. */
const steps = [
  '/_sso/oidc/auth',
  '/_sso/login/', // Only where somebody has to choose, or the provider is not known yet: once to see, once chosen.
  '/_sso/callback/',
  '/_sso/oidc/auth/', // The same request of Jira, gone on with.
  '/plugins/servlet/oidc/callback', // Jira fetches the tokens while it answers.
] as const;

type Step = (typeof steps)[number];

describe('F02 kill -9 between the steps of a login', () => {
  let installation: FaultInstallation;
  let crowd: Crowd;
  let before: JiraState;
  let kills = 0;

  beforeAll(async () => {
    installation = await FaultInstallation.start({ topology: topologies.suite });
    crowd = new Crowd(installation);
    before = await installation.sandbox.jira();
  }, 120_000);
  afterAll(() => installation.discard());

  async function killed(): Promise<void> {
    await installation.process('suite').restart();
    kills += 1;
  }

  async function newcomer(beforeStep: (step: Step, url: URL) => Promise<void>): Promise<Visitor> {
    const [{ name }] = (await crowd.newcomers(1)) as [Visitor];
    const browser = new SteppingBrowser(name, crowd.ledger, beforeStep);
    return new Visitor(name, installation.origin, crowd.ledger, undefined, browser);
  }

  it('goes on where it was, at every step, as if nothing had happened', async () => {
    const taken: Step[] = [];
    const visitor = await newcomer(async (step) => {
      taken.push(step);
      await killed();
    });
    expect(await visitor.tryOnce(Date.now() + 60_000)).toEqual({ kind: 'landed' });
    expect(taken).toEqual([steps[0], steps[1], ...steps.slice(1)]);
    expect(await judge(installation, crowd, before, kills)).toEqual(flawless);
  }, 180_000);

  it('goes on at the callback of a sign-in that the OP itself has sent to its one provider', async () => {
    const single = await FaultInstallation.start({ topology: topologies.suite, providers: ['cognito'] });
    try {
      const people = new Crowd(single);
      const fresh = await single.sandbox.jira();
      // The provider is known once somebody has been there.
      const [first, { name }] = (await people.newcomers(2)) as [Visitor, Visitor];
      expect(await first.signIn(30_000)).toBe('landed');
      const taken: Step[] = [];
      const browser = new SteppingBrowser(name, people.ledger, async (step) => {
        taken.push(step);
        if (step === '/_sso/callback/') await single.process('suite').restart();
      });
      const visitor = new Visitor(name, single.origin, people.ledger, undefined, browser);
      expect(await visitor.tryOnce(Date.now() + 60_000)).toEqual({ kind: 'landed' });
      expect(taken).toEqual(steps.filter((step) => step !== '/_sso/login/'));
      expect(await judge(single, people, fresh, 1)).toEqual(flawless);
    } finally {
      await single.discard();
    }
  }, 180_000);

  it('keeps a code good for one exchange, before and after, and what the second try finds is revoked', async () => {
    let code: string | null = null;
    const visitor = await newcomer(async (step, url) => {
      if (step !== '/plugins/servlet/oidc/callback') return;
      code = url.searchParams.get('code');
      throw new Error('the browser is closed');
    });
    expect(await visitor.tryOnce()).toEqual({ kind: 'failed', why: 'the browser is closed' });
    expect(code).toMatch(/^[\w-]{20,}$/);
    const exchange = await exchangeOf(code!);

    await killed();
    const first = await exchange();
    expect(first.status).toBe(200);
    const { access_token: accessToken } = first.body as { access_token: string };
    expect(await userinfo(accessToken)).toBe(200);

    await killed();
    expect(await exchange()).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    await killed();
    expect(await userinfo(accessToken)).toBe(401);
    expect(await exchange()).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  }, 180_000);

  /** As Jira's SSO app asks, with the secret that it was registered with. */
  async function exchangeOf(code: string) {
    const [row] = await installation.database.rows<{ sealed: string }>(
      `select sealed from gateway.op_key where purpose = 'client-secret'`,
    );
    const key = Buffer.from(installation.process('suite').options.variables['ENCRYPTION_KEY']!, 'base64');
    const secret = new Encryption(key).open(row!.sealed, 'gateway.op_key/client-secret');
    return async () => {
      const response = await fetch(`${installation.origin}/_sso/oidc/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`jira:${secret}`).toString('base64')}` },
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code,
          redirect_uri: `${installation.origin}/plugins/servlet/oidc/callback`,
        }),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
  }

  async function userinfo(accessToken: string): Promise<number> {
    const headers = { authorization: `Bearer ${accessToken}` };
    const response = await fetch(`${installation.origin}/_sso/oidc/me`, { headers });
    await response.body?.cancel();
    return response.status;
  }
});

/** Lets something happen before each step of a login. */
class SteppingBrowser extends LedgerBrowser {
  constructor(
    person: string,
    ledger: Crowd['ledger'],
    private readonly beforeStep: (step: Step, url: URL) => Promise<void>,
  ) {
    super(person, ledger);
  }

  override async request(url: URL, init: RequestInit): Promise<Response> {
    const step = steps.findLast((start) =>
      start.endsWith('/') ? url.pathname.startsWith(start) : url.pathname === start,
    );
    if (step !== undefined) await this.beforeStep(step, url);
    return super.request(url, init);
  }
}
