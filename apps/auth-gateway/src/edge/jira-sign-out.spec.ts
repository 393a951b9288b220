import { describe, expect, it } from '@jest/globals';
import { hasSignedOut, isJiraSignOut } from './jira-sign-out.js';

describe('signing out in Jira, as the edge sees it', () => {
  it.each([
    '/secure/Logout!default.jspa',
    '/secure/Logout!default.jspa?atl_token=x',
    '/secure/Logout.jspa;jsessionid=1',
    '/secure/Logout%21default.jspa',
    '/secure//Logout.jspa',
    '/x/../secure/Logout.jspa',
    '/logout',
  ])('S13 %s is it, also below a context path', (path) => {
    expect(isJiraSignOut(path, '')).toBe(true);
    expect(isJiraSignOut(path.startsWith('/x/') ? path : `/jira${path}`, path.startsWith('/x/') ? '' : '/jira')).toBe(
      true,
    );
  });

  it.each(['/', '/logoutconfirm.jsp', '/secure/LogoutX.jspa', '/browse/logout', '/rest/auth/1/session', '/secure/%zz'])(
    '%s is not',
    (path) => {
      expect(isJiraSignOut(path, '')).toBe(false);
    },
  );

  it('S13 has happened only when Jira takes its cookie back and leads on to its page for those who are signed out', () => {
    const gone = ['JSESSIONID=; Max-Age=0; Path=/'];
    const happened = (statusCode: number, location: string | undefined, cookies = gone, contextPath = '') =>
      hasSignedOut({ statusCode, headers: { location, 'set-cookie': cookies } }, contextPath);

    expect(happened(302, 'https://jira.example/secure/Logout!default.jspa')).toBe(true);
    expect(
      happened(302, '/jira/secure/Logout!default.jspa', ['SBX_seraph.rememberme.cookie=; Max-Age=0'], '/jira'),
    ).toBe(true);
    expect(happened(302, '/logoutconfirm.jsp')).toBe(false);
    expect(happened(302, '/secure/Logout!default.jspa', [])).toBe(false);
    expect(happened(302, '/secure/Logout!default.jspa', ['other=JSESSIONID=x'])).toBe(false);
    expect(happened(200, undefined)).toBe(false);
    expect(happened(302, undefined)).toBe(false);
  });
});
