/**
 * The Jira of the benchmark, in a process of its own: the resources that group-sync asks for, with the answers and the
 * refusals of Jira 10.3 (contracts of the sandbox), and nothing else. An answer leaves exactly `latencyMs` after its
 * request came, or after a place was free for it, so that an ideal time can be told from a number of calls.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { required, tellPort } from '../login/shape.js';
import { groupName, groupsOf, keyOf, personName } from './people.js';
import type { Shape } from './people.js';
import type { Load, Seen } from './jira-control.js';

interface User {
  readonly key: string;
  readonly name: string;
  readonly emailAddress: string;
  readonly displayName: string;
  readonly groups: Set<string>;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

type Handler = (query: URLSearchParams, body: Record<string, unknown>) => Answer;

const token = required('JIRA_TOKEN');
const byKey = new Map<string, User>();
const byName = new Map<string, User>();
const groups = new Set<string>();
const calls = new Map<string, number>();
const due: { readonly at: number; readonly send: () => void }[] = [];
let latencyMs = 0;
/** How many requests it works at; others wait. */
let places = Number.POSITIVE_INFINITY;
const waiting: (() => void)[] = [];
let underWay = 0;
let mostAtOnce = 0;
let firstAt = Number.NaN;
let lastAt = Number.NaN;

const server = createServer((request, response) => void receive(request, response));
server.keepAliveTimeout = 65_000;
server.listen(0, '127.0.0.1', () => tellPort((server.address() as AddressInfo).port));

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let startedAt = performance.now();
  const url = new URL(request.url!, 'http://jira');
  const body = await bodyOf(request);
  if (url.pathname.startsWith('/bench/')) {
    send(response, control(url.pathname, body));
    return;
  }
  if (underWay >= places) {
    await new Promise<void>((resolve) => waiting.push(resolve));
    startedAt = performance.now();
  } else underWay += 1;
  mostAtOnce = Math.max(mostAtOnce, underWay);
  firstAt = Number.isNaN(firstAt) ? Date.now() : firstAt;
  after(startedAt + latencyMs, () => {
    const next = waiting.shift();
    if (next)
      next(); // The place passes on.
    else underWay -= 1;
    lastAt = Date.now();
    send(response, answerTo(request, url, body));
  });
}

function answerTo({ method, headers }: IncomingMessage, url: URL, body: Record<string, unknown>): Answer {
  const route = `${method} ${url.pathname.replace('/rest/api/2', '')}`;
  calls.set(route, (calls.get(route) ?? 0) + 1);
  if (headers.authorization !== `Bearer ${token}`) return { status: 401 };
  if (method !== 'GET' && headers['x-atlassian-token'] !== 'no-check') return refusal(403, 'XSRF check failed');
  return routes[route]?.(url.searchParams, body) ?? refusal(404, `${route} is not part of this stand-in`);
}

const routes: Record<string, Handler> = {
  'GET /user': (query) => {
    const user = byKey.get(query.get('key') ?? '') ?? byName.get(query.get('username')?.toLowerCase() ?? '');
    if (!user) return refusal(404, 'The user does not exist');
    return { status: 200, body: shown(user, query.get('expand') === 'groups') };
  },
  'POST /user': (_, { name, emailAddress, displayName }) => {
    const username = text(name);
    if (byName.has(username.toLowerCase()))
      return { status: 400, body: { errorMessages: [], errors: { username: 'A user with that username exists.' } } };
    const key = `JIRAUSER${1_000_000 + byKey.size}`;
    const user = put({
      key,
      name: username,
      emailAddress: text(emailAddress),
      displayName: text(displayName),
      groups: [],
    });
    return { status: 201, body: shown(user, false) };
  },
  'POST /group/user': (query, { name }) => {
    const group = query.get('groupname') ?? '';
    const user = byName.get(text(name).toLowerCase());
    if (!groups.has(group)) return refusal(404, 'The group does not exist');
    if (!user) return refusal(404, 'The user does not exist');
    if (user.groups.has(group)) return refusal(400, 'The user is already a member of the group');
    user.groups.add(group);
    return { status: 201, body: { name: group } };
  },
  'DELETE /group/user': (query) => {
    const user = byName.get(query.get('username')?.toLowerCase() ?? '');
    if (!user) return refusal(404, 'The user does not exist');
    if (!user.groups.delete(query.get('groupname') ?? '')) return refusal(400, 'The user is not a member');
    return { status: 200 };
  },
  'GET /applicationrole': () => ({
    status: 200,
    body: [{ key: 'jira-software', name: 'Jira Software', groups: [], hasUnlimitedSeats: true, remainingSeats: -1 }],
  }),
  'GET /mypermissions': () => ({ status: 200, body: { permissions: { ADMINISTER: { havePermission: true } } } }),
};

/** Not Jira's: what the benchmark asks of its stand-in. */
function control(path: string, body: Record<string, unknown>): Answer {
  switch (path) {
    case '/bench/load':
      load(body);
      return { status: 200 };
    case '/bench/latency':
      latencyMs = Number(body['ms']);
      return { status: 200 };
    case '/bench/places':
      places = Number(body['at_once'] ?? Number.POSITIVE_INFINITY);
      return { status: 200 };
    case '/bench/clear':
      calls.clear();
      mostAtOnce = 0;
      firstAt = lastAt = Number.NaN;
      return { status: 200 };
    default: {
      const seen: Seen = { byRoute: Object.fromEntries(calls), mostAtOnce, betweenMs: lastAt - firstAt };
      return { status: 200, body: seen };
    }
  }
}

function load({ shape, users = [] }: Load): void {
  if (shape) loadShape(shape);
  for (const { name, key, groups: memberships } of users)
    put({ key, name, emailAddress: `${name}@example.com`, displayName: name, groups: memberships });
}

function loadShape(shape: Shape): void {
  for (let index = 0; index < shape.groups; index += 1) groups.add(groupName(index));
  for (let index = 0; index < shape.people; index += 1) {
    const name = personName(index);
    const key = keyOf(index);
    put({ key, name, emailAddress: `${name}@example.com`, displayName: name, groups: groupsOf(index, shape) });
  }
}

function put({ groups: memberships, ...fields }: Omit<User, 'groups'> & { readonly groups: readonly string[] }): User {
  const user = { ...fields, groups: new Set(memberships) };
  byKey.set(user.key, user);
  byName.set(user.name.toLowerCase(), user);
  return user;
}

function shown({ groups: memberships, ...user }: User, expanded: boolean) {
  const items = expanded ? [...memberships].map((name) => ({ name })) : [];
  return { ...user, active: true, groups: { size: memberships.size, items } };
}

function refusal(status: number, message: string): Answer {
  return { status, body: { errorMessages: [message], errors: {} } };
}

/** A timer is late by up to a millisecond or two, which is a tenth of the latency: the last one is waited out awake. */
function after(at: number, work: () => void): void {
  const leftMs = at - performance.now();
  if (leftMs <= 0) {
    work();
    return;
  }
  setTimeout(() => {
    due.push({ at, send: work });
    if (due.length === 1) watch();
  }, leftMs - 1.5);
}

function watch(): void {
  setImmediate(() => {
    const now = performance.now();
    for (let index = due.length - 1; index >= 0; index -= 1) if (due[index]!.at <= now) due.splice(index, 1)[0]!.send();
    if (due.length > 0) watch();
  });
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const payload = body === undefined ? '' : JSON.stringify(body);
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  response.writeHead(status, { ...type, 'content-length': Buffer.byteLength(payload) }).end(payload);
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  if (request.method === 'GET') return {};
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk as string;
  return body === '' ? {} : (JSON.parse(body) as Record<string, unknown>);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
