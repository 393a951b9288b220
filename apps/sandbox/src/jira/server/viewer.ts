import type { FastifyReply, FastifyRequest } from 'fastify';
import { passwordMatches } from '../data/password.js';
import type { UserRow } from '../data/rows.js';
import type { Instance } from '../instance.js';
import { RestFailure, failure, notAuthenticated, notPermitted } from '../rest/failures.js';
import { readCookie, setCookie } from './cookies.js';
import { isRest } from './paths.js';

/** Who a request comes from. `credential` is `refused` when one was sent that opens nothing, `captcha` before it is looked at. */
export interface Viewer {
  readonly user: UserRow | undefined;
  readonly credential: 'none' | 'accepted' | 'refused' | 'captcha';
  readonly by: 'token' | 'basic' | 'session' | 'nothing';
}

const anonymous: Viewer = { user: undefined, credential: 'none', by: 'nothing' };

/** A header wins over a cookie, as at Jira. A personal access token is taken by REST only (jira-facts 1.1 d2). */
export function identify(request: FastifyRequest, reply: FastifyReply, jira: Instance): Viewer {
  const [scheme, credential = ''] = (request.headers.authorization ?? '').split(/\s+/, 2);
  switch ((scheme ?? '').toLowerCase()) {
    case 'bearer':
      return isRest(request, jira) ? viewer('token', ownerOf(credential, jira)) : bySession(request, reply, jira);
    case 'basic':
      return basic(credential, jira);
    default:
      return bySession(request, reply, jira);
  }
}

export function viewerOf(request: FastifyRequest): Viewer {
  return request.getDecorator<Viewer>('viewer');
}

/** 401 in the platform's envelope. */
export function requireUser(request: FastifyRequest): UserRow {
  const { user } = viewerOf(request);
  if (user) return user;
  throw new RestFailure(401, { errorMessages: [notAuthenticated], errors: {} }, challenge);
}

/** 403 for everybody who is not an administrator; an administrator of this Jira is a system administrator too. */
export function requireAdministrator(request: FastifyRequest, jira: Instance): UserRow {
  const user = requireUser(request);
  if (jira.directory.isAdministrator(user)) return user;
  throw failure(403, notPermitted);
}

export const challenge = { 'www-authenticate': 'OAuth realm="Sandbox Jira"' };

function ownerOf(token: string, jira: Instance): UserRow | undefined {
  const tokens = new Map(Object.entries(jira.options.tokens ?? { 'sandbox-admin-token': 'admin' }));
  const owner = jira.directory.byName(tokens.get(token) ?? '');
  return owner?.active ? owner : undefined;
}

function basic(credential: string, jira: Instance): Viewer {
  if (jira.switches.now.basicAuth === 'blocked') {
    throw new RestFailure(403, { message: 'Basic Authentication has been disabled on this instance.' });
  }
  const [name = '', ...rest] = Buffer.from(credential, 'base64').toString('utf8').split(':');
  // Looked at before the password: the right one is refused as well.
  if (jira.captcha.isDue(name)) return { user: undefined, credential: 'captcha', by: 'basic' };
  const user = jira.directory.byName(name);
  const right = user?.active === true && passwordMatches(user.password, rest.join(':'));
  if (right) jira.captcha.clear(name);
  else jira.captcha.wrong(name);
  return viewer('basic', right ? user : undefined);
}

function bySession(request: FastifyRequest, reply: FastifyReply, jira: Instance): Viewer {
  const user = jira.sessions.userOf(readCookie(request, 'session'));
  if (user) return viewer('session', user);
  const remembered = jira.sessions.rememberedUserOf(readCookie(request, 'remember'));
  if (!remembered) return anonymous;
  setCookie(reply, jira, 'session', jira.sessions.begin(remembered));
  return viewer('session', remembered);
}

function viewer(by: Viewer['by'], user: UserRow | undefined): Viewer {
  return { user, by, credential: user ? 'accepted' : 'refused' };
}
