import { describe, expect, it } from '@jest/globals';
import { pageHeaders, securityHeaders } from './security-headers.js';

describe('the content security policy', () => {
  it('E14 allows the page its own script, by its whole address', () => {
    const policy = pageHeaders({ script: 'https://jira.example/_sso/assets/a.js' })['content-security-policy'];
    expect(policy).toContain("default-src 'none'; script-src https://jira.example/_sso/assets/a.js; style-src 'self';");
    expect(securityHeaders['content-security-policy']).not.toContain('script-src');
  });

  it('E14 is not ended by what a path may contain', () => {
    const { 'content-security-policy': policy } = pageHeaders({ script: 'https://jira.example/a;b,c/x.js' });
    expect(policy).toContain('script-src https://jira.example/a%3Bb%2Cc/x.js; style-src');
  });
});
