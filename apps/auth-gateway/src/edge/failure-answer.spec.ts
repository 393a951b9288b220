import { describe, expect, it } from '@jest/globals';
import { failureAnswer } from './failure-answer.js';

describe('failureAnswer', () => {
  it('is a page for a browser', () => {
    const { headers, body } = failureAnswer({ status: 502, reference: 'abc', accept: 'text/html,*/*;q=0.8' });
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(body).toMatch(/<html lang="en">.*<title>Jira is not available<\/title>.*<main><h1>.*Reference: <code>abc/);
  });

  it.each([undefined, '*/*', 'application/json'])("is Jira's error envelope for a client that accepts %p", (accept) => {
    const { headers, body } = failureAnswer({ status: 504, reference: 'abc', accept });
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'retry-after': '30' });
    expect(JSON.parse(body)).toEqual({
      errorMessages: ['Jira took too long to answer. Please try again in a minute.'],
      errors: {},
      reference: 'abc',
    });
  });

  it('asks nobody to try again what can never work', () => {
    const { headers, body } = failureAnswer({ status: 400, reference: undefined, accept: 'text/html' });
    expect(headers).not.toHaveProperty('retry-after');
    expect(body).not.toMatch(/Try again|Reference/);
  });
});
