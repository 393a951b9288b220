import { describe, expect, it } from '@jest/globals';
import { Problem } from '@gatehouse/contracts';
import { awayAnswer } from './away-answer.js';
import type { Away } from './away-answer.js';

const away: Away = {
  part: 'api',
  status: 502,
  reference: '0123456789abcdef0123456789abcdef',
  accept: '*/*',
  surroundings: {
    basePath: '/_sso',
    publicUrl: new URL('https://jira.example/_sso'),
    jiraUrl: undefined,
    contact: undefined,
    now: new Date(),
  },
};

describe('a service of ours that does not answer', () => {
  it('is a problem for the API, which says what to start', () => {
    const { status, headers, body } = awayAnswer(away);

    expect(status).toBe(503);
    expect(headers).toMatchObject({ 'retry-after': '5', 'cache-control': 'no-store' });
    expect(headers['content-type']).toContain('application/problem+json');
    expect(Problem.parse(JSON.parse(body))).toMatchObject({
      code: 'console.unreachable',
      action: expect.stringContaining('npm run start:console'),
      traceId: away.reference,
    });
  });

  it('is a page for a person at the console, with the policy of our pages', () => {
    const { status, headers, body } = awayAnswer({ ...away, part: 'console', accept: 'text/html,*/*' });

    expect(status).toBe(503);
    expect(headers['content-type']).toContain('text/html');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(body).toContain('npm run start:console');
    expect(body).toContain(away.reference);
    expect(awayAnswer({ ...away, part: 'console' }).headers['content-type']).toContain('application/problem+json');
  });

  it('is an error in the form of RFC 7644 section 3.12 for SCIM, to be tried again', () => {
    const { status, headers, body } = awayAnswer({ ...away, part: 'scim', accept: 'text/html' });

    expect(status).toBe(503);
    expect(headers['content-type']).toContain('application/scim+json');
    expect(headers['retry-after']).toBe('5');
    expect(JSON.parse(body)).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '503',
      detail: expect.stringContaining('SCIM_URL'),
    });
  });

  it('tells one that is too slow, and a request that is wrong, apart from it', () => {
    expect(awayAnswer({ ...away, status: 504 }).status).toBe(504);
    const refused = awayAnswer({ ...away, status: 400 });
    expect(refused.status).toBe(400);
    expect(refused.headers).not.toHaveProperty('retry-after');
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'api.request_invalid' });
  });
});
