import { describe, expect, it } from '@jest/globals';
import { entryPathOf, withEntry } from './entry-path.js';

describe('X39 P04 where in Jira a sign-in began', () => {
  it.each([
    ['/login.jsp?os_destination=%2Fbrowse%2FDEMO-1%3Ffocused%3D1', '', '/browse/DEMO-1'],
    ['/plugins/servlet/external-login/1?os_destination=%2Fsecure%2FDashboard.jspa', '', '/secure/Dashboard.jspa'],
    ['/jira/login.jsp?os_destination=%2Fjira%2Fbrowse%2FDEMO-1', '/jira', '/browse/DEMO-1'],
    ['/login.jsp?os_destination=%2Fjiraffe', '/jira', '/jiraffe'],
    ['/servicedesk/customer/user/login?destination=portal%2F1', '', '/servicedesk/customer/portal/1'],
    ['/servicedesk/customer/user/login', '', '/servicedesk/customer/'],
    ['/login.jsp', '', '/'],
    ['/plugins/servlet/external-login', '', '/'],
    ['/login.jsp?os_destination=%2F%2Fevil.example%2Fservicedesk', '', '/servicedesk'],
    ['/login.jsp?os_destination=%2F..%2F..%2Fbrowse', '', '/browse'],
    [`/login.jsp?os_destination=%2F${'x'.repeat(600)}`, '', undefined],
  ])('%s below "%s" is %s', (url, contextPath, entry) => {
    expect(entryPathOf(url, contextPath)).toBe(entry);
  });

  const authorizationUrl = 'http://localhost:3000/_sso/oidc/auth';
  const request = { url: '/login.jsp?os_destination=%2Fbrowse%2FDEMO-1', contextPath: '', authorizationUrl };

  it('is added to the request to our authorization endpoint', () => {
    const answer = { statusCode: 302, headers: { location: `${authorizationUrl}?client_id=jira&state=s%2B1` } };
    const location = new URL(withEntry(answer, request)!);
    expect(Object.fromEntries(location.searchParams)).toEqual({
      client_id: 'jira',
      state: 's+1',
      gatehouse_entry: '/browse/DEMO-1',
    });
  });

  it('replaces one that is there, so that a parameter is never given twice', () => {
    const answer = { statusCode: 302, headers: { location: `${authorizationUrl}?gatehouse_entry=%2Fa&state=s` } };
    expect(new URL(withEntry(answer, request)!).searchParams.getAll('gatehouse_entry')).toEqual(['/browse/DEMO-1']);
  });

  it.each([
    [200, `${authorizationUrl}?client_id=jira`],
    [302, 'https://elsewhere.example/oidc/auth?client_id=jira'],
    [302, `${authorizationUrl}entication?client_id=jira`],
    [302, undefined],
  ])('leaves an answer %s to %s alone', (statusCode, location) => {
    expect(withEntry({ statusCode, headers: { location } }, request)).toBeUndefined();
  });
});
