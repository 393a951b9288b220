import { describe, expect, it } from '@jest/globals';
import { routeRequest } from './route-request.js';
import type { ForwardedPart } from './forwarded-part.js';

const consolePublicUrl = new URL('https://console.example/');
const all: ReadonlySet<ForwardedPart> = new Set(['scim', 'api', 'console']);
const none: ReadonlySet<ForwardedPart> = new Set();

function route(path: string, { method = 'GET', host = 'jira.example', own = false, elsewhere = all, query = '' } = {}) {
  return routeRequest(
    { method, path, query, host },
    { elsewhere, consolePublicUrl: own ? consolePublicUrl : undefined },
  );
}

describe('which process a request is for', () => {
  it.each([
    ['/scim/v2/Users', 'scim'],
    ['/scim/v2', 'scim'],
    ['/api/v1/config', 'api'],
    ['/console', 'console'],
    ['/console/queues/', 'console'],
  ])('%s is forwarded to %s', (path, part) => {
    expect(route(path)).toEqual({ kind: 'forward', part });
  });

  it.each(['/', '/login/x', '/oidc/auth', '/scim', '/scim/v2x', '/api/v10', '/consolex', '//console', '/x/../console'])(
    '%s stays here',
    (path) => expect(route(path)).toEqual({ kind: 'here' }),
  );

  it('what this process serves itself stays here', () => {
    for (const path of ['/api/v1/config', '/console'])
      expect(route(path, { elsewhere: none })).toEqual({ kind: 'here' });
  });

  it("DESIGN 6 at Jira's origin the console is only shown the way to", () => {
    expect(route('/console/lanes', { own: true, query: '?lane=bulk' })).toEqual({
      kind: 'redirect',
      location: 'https://console.example/console/lanes?lane=bulk',
    });
    expect(route('/console', { own: true, elsewhere: none })).toMatchObject({ kind: 'redirect' });
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      expect(route('/console/session', { own: true, method })).toEqual({ kind: 'refuse', status: 405 });
    expect(route('/api/v1/config', { own: true })).toEqual({ kind: 'forward', part: 'api' });
  });

  it("at the console's origin there is the console and its API, and nothing of Jira or of signing in", () => {
    const at = (path: string, elsewhere = all) => route(path, { own: true, host: 'Console.example', elsewhere });

    expect(at('/console')).toEqual({ kind: 'forward', part: 'console' });
    expect(at('/console', none)).toEqual({ kind: 'here' });
    expect(at('/api/v1/lanes', none)).toEqual({ kind: 'here' });
    for (const path of ['/', '/browse/DEMO-1', '/login/x', '/oidc/auth', '/scim/v2/Users'])
      expect(at(path)).toEqual({ kind: 'refuse', status: 404 });
  });
});
