import { expect } from '@jest/globals';
import type { ErrorCode } from '@gatehouse/errors';
import { plain } from '@gatehouse/testing';
import type { Page } from '@gatehouse/testing';
import { personText } from '../pages/person-texts.js';
import type { AttackedGateway, Attempt } from './attacked-gateway.fixture.js';
import { hostileClient } from './hostile-idp.fixture.js';

interface Expected {
  readonly code?: ErrorCode;
  readonly provider?: string;
}

/** E14, O46, O47, written out: a page of ours runs one script of ours, loads nothing from elsewhere, is kept and framed by nobody. */
export const pageHeaders = {
  'content-security-policy': expect.stringMatching(
    /^(?=.*default-src 'none')(?=.*form-action 'self')(?=.*frame-ancestors 'none')(?=.*base-uri 'none')(?!.*(unsafe|\*))(?!.*script-src (?!\S+\/assets\/sign-in\.[0-9a-f]{12}\.js;))/,
  ),
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
};

/** The one script that a page of ours has, written out: whatever else looks like one is somebody else's. */
export function withoutOurScript(body: string): string {
  return body.replace(/<script type="module" src="[^"]*\/assets\/sign-in\.[0-9a-f]{12}\.js"><\/script>/, '');
}

/**
 * What "refuse" means, whole: an honest neutral page with a reference, no session, nobody made, nothing told to Jira,
 * one audit row, the transaction spent, and nothing of what was handed out in the page or the log.
 */
export async function expectRefused(
  attacked: AttackedGateway,
  attempt: () => Promise<Attempt>,
  { code = 'login.answer_invalid', provider = 'company' }: Expected = {},
): Promise<Attempt> {
  const { gateway } = attacked;
  const before = await tracesOf(attacked);
  const logins = await gateway.count('gateway.login');
  const logFrom = gateway.logLines.length;
  const secretsFrom = attacked.idp(provider).handedOut.length;

  const ended = await attempt();

  expectErrorPage(ended.page, code);
  expect(sessionCookies(ended)).toEqual([]);
  expect(await tracesOf(attacked)).toEqual(before);
  expect(await gateway.count('gateway.login')).toBe(logins + 1);
  expect(await newestLogin(attacked)).toMatchObject({
    outcome: 'failed',
    provider,
    code,
    identity_id: null,
    trace_id: referenceOn(ended.page),
  });
  await expectSpent(attacked, ended);
  const secrets = attacked.idp(provider).handedOut.slice(secretsFrom).flatMap(fragments);
  expectNothingOf([...secrets, hostileClient.secret], {
    page: ended.page.body,
    log: gateway.logLines.slice(logFrom).join(''),
  });
  return ended;
}

/** Nobody was asked and nothing was spent: whoever holds the right cookie can still finish. */
export async function expectNotOpened(attacked: AttackedGateway, attempt: () => Promise<Page>): Promise<Page> {
  const before = await tracesOf(attacked);
  const logins = await attacked.gateway.count('gateway.login');
  const asked = attacked.idp().requests.length;
  const page = await attempt();
  expectErrorPage(page, 'login.transaction_unknown');
  expect(page.headers.getSetCookie().join()).not.toContain('gatehouse_session=');
  expect(await tracesOf(attacked)).toEqual(before);
  expect(await attacked.gateway.count('gateway.login')).toBe(logins + 1);
  expect(await newestLogin(attacked)).toMatchObject({
    outcome: 'failed',
    code: 'login.transaction_unknown',
    identity_id: null,
    trace_id: referenceOn(page),
  });
  expect(attacked.idp().requests.slice(asked)).toEqual([]);
  return page;
}

/** E09, E12, E14, O46, O47: what every page of a failure has, whatever failed. */
export function expectErrorPage(page: Page, code: ErrorCode): void {
  const { status, title, text } = personText(code);
  const shown = plain(page.body);
  expect({ status: page.status, shown }).toEqual({ status, shown: expect.stringContaining(text) });
  expect(page.body).toContain(`<title>Error: ${title}</title>`);
  expect(page.body).toMatch(/role="alert"/);
  expect(referenceOn(page)).toMatch(/^[0-9a-f]{32}$/);
  expect(Object.fromEntries(page.headers)).toMatchObject(pageHeaders);
  expect(page.headers.get('location')).toBeNull();
  expect(page.headers.get('refresh')).toBeNull();
  expect(withoutOurScript(page.body)).not.toMatch(/http-equiv="refresh"|<script/i);
}

export function referenceOn(page: Page): string | undefined {
  return /Reference: <code[^>]*>([0-9a-f]+)<\/code>/.exec(page.body)?.[1];
}

/** The person is at Jira, which read from our ID token who it is. */
export function expectArrived(attacked: AttackedGateway, page: Page, person = 'ada'): void {
  expect(`${page.status} ${page.url.href} ${plain(page.body).slice(0, 200)}`).toContain(attacked.gateway.jira.origin);
  expect(JSON.parse(page.body)).toMatchObject({ preferred_username: person });
}

/** Everything that a sign-in leaves behind when it succeeds, and must not when it does not. */
export async function tracesOf({ gateway }: AttackedGateway) {
  return {
    identities: await gateway.count('gateway.identity'),
    sessions: await gateway.count('gateway.session'),
    outbox: await gateway.count('messaging.outbox'),
    atJira: gateway.jira.codes.length,
  };
}

export async function newestLogin({ gateway }: AttackedGateway): Promise<Record<string, unknown>> {
  const rows = await gateway.dataSource.query<Record<string, unknown>[]>(
    'select * from gateway.login order by at desc limit 1',
  );
  return rows[0]!;
}

async function expectSpent(attacked: AttackedGateway, { browser, callback }: Attempt): Promise<void> {
  const { idps } = attacked;
  const asked = idps.map(({ requests }) => requests.length);
  expectErrorPage(await browser.get(callback), 'login.transaction_unknown');
  expect(idps.map(({ requests }) => requests.length)).toEqual(asked);
}

function sessionCookies({ browser }: Attempt): string[] {
  return browser.cookieNames().filter((name) => name.includes('gatehouse_session'));
}

/** A secret may come out in pieces: a payload in the log is as bad as the whole token. */
function fragments(secret: string): string[] {
  return secret.split('.').filter((part) => part.length >= 24 && !part.startsWith('eyJhbGciOi'));
}

function expectNothingOf(secrets: readonly string[], places: Readonly<Record<string, string>>): void {
  const found = Object.entries(places).filter(([, text]) => secrets.some((secret) => text.includes(secret)));
  expect(found.map(([place]) => place)).toEqual([]);
}
