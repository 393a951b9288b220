import { describe, expect, it } from '@jest/globals';
import { OutageError } from '@gatehouse/errors';
import { outcomeOf } from './jira-errors.js';
import type { JiraBody } from './jira-errors.js';

const nowMs = Date.parse('2026-03-01T12:00:00Z');
const page: JiraBody = { kind: 'page' };
const json = (value: unknown): JiraBody => ({ kind: 'json', value });
const envelope = json({ errorMessages: ['nein'], errors: { username: 'belegt' } });

function outcome(status: number, body: JiraBody, headers: Record<string, string> = {}) {
  return outcomeOf({ status, body, headers: new Headers({ 'x-ausername': 'gatehouse', ...headers }) }, nowMs);
}

function outage(status: number, body: JiraBody, headers: Record<string, string> = {}): OutageError {
  try {
    outcome(status, body, headers);
  } catch (error) {
    if (error instanceof OutageError) return error;
    throw error;
  }
  throw new Error('no outage');
}

describe('outcomeOf', () => {
  it.each<[string, number, JiraBody, Record<string, string>, string]>([
    ['an empty bucket', 429, json({ message: '요청이 너무 많습니다' }), {}, 'jira.rate_limited'],
    ['maintenance', 503, page, {}, 'jira.unavailable'],
    ['a server error with an envelope', 500, envelope, {}, 'jira.unavailable'],
    ['a server error to an anonymous request', 500, envelope, { 'x-ausername': 'anonymous' }, 'jira.unavailable'],
    ['a redirect to the login page', 302, { kind: 'empty' }, { location: '/login.jsp' }, 'jira.unavailable'],
    ['304', 304, { kind: 'empty' }, {}, 'jira.unavailable'],
    ['the login page with 200', 200, page, {}, 'jira.unavailable'],
    ['a 404 page: a wrong JIRA_URL, or Jira starting', 404, page, {}, 'jira.unavailable'],
    ['a 404 of a plug-in', 404, json({ message: 'null for uri', 'status-code': 404 }), {}, 'jira.unavailable'],
    ['an empty 404', 404, { kind: 'empty' }, {}, 'jira.unavailable'],
    ['half an envelope', 404, json({ errorMessages: ['x'] }), {}, 'jira.unavailable'],
    ['a 400 page of a proxy', 400, page, {}, 'jira.unavailable'],
    ['401', 401, envelope, {}, 'jira.credentials_refused'],
    ['401 as a page', 401, page, { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' }, 'jira.credentials_refused'],
    ['Basic blocked', 403, json({ message: 'Basic Authentication has been disabled' }), {}, 'jira.credentials_refused'],
    ['XSRF check failed', 403, page, {}, 'jira.credentials_refused'],
    [
      'a CAPTCHA',
      403,
      page,
      { 'x-authentication-denied-reason': 'CAPTCHA_CHALLENGE; login-url=http://jira.invalid/login.jsp' },
      'jira.credentials_refused',
    ],
    ['an anonymous 200', 200, json({}), { 'x-ausername': 'anonymous' }, 'jira.credentials_refused'],
    ['an anonymous 404', 404, envelope, { 'x-ausername': 'anonymous' }, 'jira.credentials_refused'],
    [
      'JRA-41559: an empty 200 after a failed login',
      200,
      { kind: 'empty' },
      { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' },
      'jira.credentials_refused',
    ],
  ])('%s is an outage of Jira, never an answer', (_what, status, body, headers, code) => {
    expect(outage(status, body, headers).code).toBe(code);
  });

  it('F13 hands on how long Jira asked us to wait', () => {
    expect(outage(429, page, { 'retry-after': '3' }).retryAfterMs).toBe(3_000);
    expect(outage(503, page, { 'retry-after': '3' }).retryAfterMs).toBe(3_000);
  });

  it.each([
    [404, 'missing'],
    [403, 'forbidden'],
    [400, 'refused'],
    [409, 'refused'],
  ])("%i in Jira's own envelope is an answer: %s", (status, kind) => {
    expect(outcome(status, envelope)).toMatchObject({ kind, said: 'nein | username: belegt' });
  });

  it('takes accepted credentials for accepted, whether Jira or Seraph says so', () => {
    expect(outcome(200, json({}), { 'x-seraph-loginreason': 'OK' })).toEqual({ kind: 'done', body: json({}) });
    expect(outcomeOf({ status: 200, body: json({}), headers: new Headers() }, nowMs).kind).toBe('done');
  });

  it("bounds what it keeps of Jira's words", () => {
    const { said } = outcome(400, json({ errorMessages: ['x'.repeat(5_000)], errors: {} })) as { said: string };
    expect(said).toHaveLength(300);
  });
});
