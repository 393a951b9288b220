import { describe, expect, it } from '@jest/globals';
import { OutageError, TerminalError } from '@gatehouse/errors';
import type { JiraBody } from '../jira-errors.js';
import { ssoDataOf } from './sso-outcome.js';

const json = (value: unknown): JiraBody => ({ kind: 'json', value });
const page: JiraBody = { kind: 'page' };

function outcome(status: number, body: JiraBody, headers: Record<string, string> = {}): unknown {
  try {
    return ssoDataOf({ status, headers: new Headers(headers), body }, 0);
  } catch (error) {
    return error;
  }
}

describe("an answer of Jira's SSO app", () => {
  it('is its data when it is good', () => {
    expect(outcome(200, json({ id: 1 }))).toEqual({ id: 1 });
  });

  it.each<[string, number, JiraBody, string]>([
    ['a token that is not valid', 401, page, 'jira.credentials_refused'],
    ['an account that is no system administrator', 403, json({ message: 'no' }), 'jira.credentials_refused'],
    ['a limit', 429, page, 'jira.rate_limited'],
    ['a server error', 500, json({ message: 'boom' }), 'jira.unavailable'],
    ['a maintenance page', 503, page, 'jira.unavailable'],
    ['a login page', 200, page, 'jira.unavailable'],
    ['a redirect', 302, page, 'jira.unavailable'],
    ['an empty answer', 200, { kind: 'empty' }, 'jira.unavailable'],
    ['an endless answer', 200, { kind: 'too-large' }, 'jira.unavailable'],
    ['a proxy without the route', 404, page, 'jira.unavailable'],
  ])('tells %s from a refusal: it is an outage', (_, status, body, code) => {
    const error = outcome(status, body);
    expect(error).toBeInstanceOf(OutageError);
    expect(error).toMatchObject({ code });
  });

  it('of an anonymous visitor is not believed', () => {
    expect(outcome(200, json({ results: [] }), { 'x-ausername': 'anonymous' })).toMatchObject({
      code: 'jira.credentials_refused',
    });
  });

  it.each([400, 404, 409])(
    'that is a refusal (%i) keeps its reason for the operator, and shows only the status',
    (status) => {
      const error = outcome(status, json({ message: 'name is taken' }));
      expect(error).toBeInstanceOf(TerminalError);
      expect(error).toMatchObject({
        code: 'jira.request_refused',
        internal: 'name is taken',
        message: expect.stringContaining(String(status)),
      });
      expect((error as Error).message).not.toContain('name is taken');
    },
  );
});
