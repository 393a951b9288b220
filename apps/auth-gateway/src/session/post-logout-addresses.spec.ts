import { describe, expect, it } from '@jest/globals';
import { isPostLogoutAddress, postLogoutAddresses, withState } from './post-logout-addresses.js';

const allowed = postLogoutAddresses('https://jira.example/jira', 'https://intranet.example/bye?from=jira');

describe('O41 where a browser may go after signing out', () => {
  it.each([
    'https://jira.example/jira',
    'https://jira.example/jira/login.jsp',
    'https://jira.example/jira/secure/Logout!default.jspa',
    'https://intranet.example/bye?from=jira',
  ])('%s, with a state and without', (address) => {
    expect(isPostLogoutAddress(address, allowed)).toBe(true);
    expect(isPostLogoutAddress(withState(address, 'abc'), allowed)).toBe(true);
  });

  it.each([
    '//evil.example',
    '/\\evil.example',
    'https:evil.example',
    'https://jira.example.evil.example/jira',
    'https://jira.example@evil.example/jira/login.jsp',
    'https://jira.example:8443/jira/login.jsp',
    'http://jira.example/jira/login.jsp',
    'https://jira.example/jira/login.jsp?os_destination=//evil.example',
    'https://jira.example/jira/login.jsp#x',
    'https://jira.example/jira/../evil',
    'https://jira.example/jira\u2044login.jsp',
    'javascript:alert(1)',
    'data:text/html,x',
    'https://intranet.example/bye',
    'https://jira.example/jira/login.jsp\r\nset-cookie: x=1',
    '',
  ])('not %s', (address) => {
    expect(isPostLogoutAddress(address, allowed)).toBe(false);
  });
});
