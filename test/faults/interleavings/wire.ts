import { Readable } from 'node:stream';
import type { Ask, HttpAnswer, HttpRequest } from '@gatehouse/jira-client';
import { z } from 'zod';
import { ask } from '../../../libs/jira-client/src/jira-http.js';
import type { JiraFault, Person } from './facts.js';
import type { Worker } from './worker.js';

/** One change that reached Jira, as seen between it and us. */
export interface Write {
  readonly kind: 'add' | 'remove' | 'create' | 'activate' | 'deactivate' | 'set-property' | 'remove-property' | 'other';
  /** Undefined where the call names a key that Jira has not told yet. */
  readonly person: Person | undefined;
  readonly group: string | undefined;
  /** Jira did it, and did not just say that it was so already. */
  readonly didSomething: boolean;
  readonly lane: string;
  /** Its worker was dead when it landed. */
  readonly isLate: boolean;
}

type Asked = Parameters<Ask>;

/** The way from our HTTP client to Jira. It is real but for the faults, and what passes is written down. */
export class Wire {
  readonly writes: Write[] = [];
  /** Answers that were lost after Jira had done what it was asked. */
  lost = 0;
  /** Writes that a worker began although somebody else had taken over its account. */
  afterOvertaking = 0;
  /** Of Jira's keys, from its answers. */
  private readonly names = new Map<string, string>();

  constructor(private readonly onWrite: (write: Write) => void) {}

  /** What the Jira clients of a worker are given. */
  of(worker: Worker): Ask {
    return (...asked) => this.stopped(asked, worker);
  }

  private async stopped(asked: Asked, worker: Worker): Promise<HttpAnswer> {
    asked[1].assertSendable?.(); // It leaves in this turn: behind the gate it is under way.
    worker.hasCalledJira = true;
    if (worker.isOvertaken && asked[1].method !== 'GET') this.afterOvertaking += 1;
    const fault = await worker.stop(() => this.pass(asked, worker, true));
    const answer = await this.answer(fault, asked, worker);
    await worker.stop();
    return answer;
  }

  private async answer(fault: JiraFault | undefined, asked: Asked, worker: Worker): Promise<HttpAnswer> {
    switch (fault) {
      case undefined:
        return worker.reach(() => this.pass(asked, worker, false));
      case 'lost':
        await worker.reach(() => this.pass(asked, worker, false));
        this.lost += 1;
        throw connectionFailed('ECONNRESET');
      case 'reset':
        throw connectionFailed('ECONNRESET');
      case 'refused':
        throw connectionFailed('ECONNREFUSED');
      case 'page':
        return answered(200, '<html><body>Log in</body></html>', { 'content-type': 'text/html' });
      case 'redirect':
        return answered(302, '', { location: '/login.jsp' });
      case '429':
      case '500':
      case '503':
      case '401':
        return answered(Number(fault), '{"errorMessages":[],"errors":{}}', { 'content-type': 'application/json' });
    }
  }

  private async pass([address, request]: Asked, worker: Worker, isLate: boolean): Promise<HttpAnswer> {
    // Without its deadline: how long a machine takes for a test is nothing that the test is about. And it has left.
    const { status, headers, body } = await ask(address, { ...request, signal: undefined, assertSendable: undefined });
    const bytes: Uint8Array[] = [];
    for await (const chunk of body) bytes.push(chunk);
    this.learn(Buffer.concat(bytes).toString());
    const write = writeOf(new URL(address), request, status, this.names);
    if (write) {
      this.writes.push({ ...write, lane: worker.lane, isLate });
      this.onWrite(this.writes.at(-1)!);
    }
    return { status, headers, body: Readable.from(bytes) };
  }

  private learn(body: string): void {
    if (!body.startsWith('{')) return;
    const user = UserShape.safeParse(JSON.parse(body));
    if (user.success) this.names.set(user.data.key, user.data.name);
  }
}

/** One user, as Jira represents it. */
const UserShape = z.object({ key: z.string(), name: z.string(), emailAddress: z.string() });

export function describe({ kind, person, group, lane, isLate }: Write): string {
  return `${kind} ${person ?? ''} ${group ?? ''} in ${lane}${isLate ? ', late' : ''}`;
}

function answered(status: number, body: string, headers: Record<string, string>): HttpAnswer {
  return { status, headers: new Headers(headers), body: Readable.from([Buffer.from(body)]) };
}

function connectionFailed(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function writeOf(
  url: URL,
  { method, body }: HttpRequest,
  status: number,
  names: ReadonlyMap<string, string>,
): Omit<Write, 'lane' | 'isLate'> | undefined {
  if (method === 'GET') return undefined;
  const kind = kindOf(url.pathname, method, body);
  const [key, named] = ['userKey', 'username'].map((name) => url.searchParams.get(name));
  const name = kind === 'add' || kind === 'create' ? said(body).name : (named ?? names.get(key ?? ''));
  const group = url.searchParams.get('groupname') ?? undefined;
  return { kind, person: name?.toLowerCase() as Person | undefined, group, didSomething: status < 300 };
}

function kindOf(path: string, method: string, body: string | undefined): Write['kind'] {
  if (path.endsWith('/group/user')) return method === 'POST' ? 'add' : 'remove';
  if (path.includes('/user/properties/')) return method === 'PUT' ? 'set-property' : 'remove-property';
  if (!path.endsWith('/api/2/user')) return 'other';
  if (method === 'POST') return 'create';
  const { active } = said(body);
  if (active === undefined) return 'other';
  return active ? 'activate' : 'deactivate';
}

function said(body: string | undefined): { readonly name?: string; readonly active?: boolean } {
  return JSON.parse(body ?? '{}') as { name?: string; active?: boolean };
}
