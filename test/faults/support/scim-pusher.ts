import { setTimeout as delay } from 'node:timers/promises';
import { scim } from '../../flows/support/scim-client.js';
import type { ScimBody } from '../../flows/support/scim-client.js';
import type { FaultInstallation } from './installation.js';
import type { Ledger } from './ledger.js';
import { adminToken } from './secrets.js';

interface Reply {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: ScimBody | undefined;
}

const beforeRepeatingMs = 200;

/**
 * An identity provider that pushes to one installation, repeats whatever was not answered with a 2xx, as they do, and
 * keeps a ledger of what was.
 */
export class ScimPusher {
  /** By the user name: the id that the answer gave. */
  readonly people = new Map<string, string>();
  /** By the user name: the display name that was accepted last. */
  readonly displayNames = new Map<string, string>();
  /** By the id of a group: who was accepted as a member. */
  readonly members = new Map<string, Set<string>>();
  /** What was asked and got no 2xx, one line each. Empty status: no answer at all. */
  readonly failures: string[] = [];
  /** Answers with a 2xx so far. */
  accepted = 0;

  private constructor(
    private readonly base: string,
    private readonly token: string,
    private readonly withinMs: number,
  ) {}

  static async start({ origin }: FaultInstallation, ledger: Ledger, withinMs: number): Promise<ScimPusher> {
    const answer = await fetch(`${origin}/_sso/api/v1/scim-tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ provider: 'cognito', name: 'of the fault test' }),
    });
    if (answer.status !== 201) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
    const { token } = (await answer.json()) as { token: string };
    ledger.noteSecret(token);
    return new ScimPusher(`${origin}/_sso/scim/v2`, token, withinMs);
  }

  /** Once. @returns undefined when there was no answer */
  async ask(method: string, path: string, body?: unknown): Promise<Reply | undefined> {
    try {
      const answer = await fetch(this.base + path, {
        method,
        headers: {
          authorization: `Bearer ${this.token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000),
      });
      const text = await answer.text();
      const reply = {
        status: answer.status,
        retryAfter: answer.headers.get('retry-after'),
        body: text === '' ? undefined : (JSON.parse(text) as ScimBody),
      };
      if (answer.ok) this.accepted += 1;
      return reply;
    } catch {
      return undefined;
    }
  }

  /** Until it is there: a 409 means that an earlier try has made it, and whom it made is looked up. */
  async create(userName: string): Promise<string> {
    const body = userOf(userName);
    const reply = await this.insist('POST', '/Users', body, [201, 409]);
    const id = reply.status === 201 ? reply.body!.id : await this.find('Users', `userName eq "${userName}"`);
    this.people.set(userName, id);
    return id;
  }

  async rename(userName: string, displayName: string): Promise<void> {
    await this.patch(`/Users/${this.people.get(userName)}`, { op: 'replace', path: 'displayName', value: displayName });
    this.displayNames.set(userName, displayName);
  }

  async createGroup(displayName: string): Promise<string> {
    const body = { schemas: [scim.group], displayName };
    const reply = await this.insist('POST', '/Groups', body, [201, 409]);
    const id = reply.status === 201 ? reply.body!.id : await this.find('Groups', `displayName eq "${displayName}"`);
    this.members.set(id, this.members.get(id) ?? new Set());
    return id;
  }

  async addMember(groupId: string, id: string): Promise<void> {
    await this.patch(`/Groups/${groupId}`, { op: 'Add', path: 'members', value: [{ value: id }] });
    this.members.get(groupId)!.add(id);
  }

  async patch(path: string, ...operations: readonly unknown[]): Promise<void> {
    await this.insist('PATCH', path, { schemas: [scim.patch], Operations: operations }, [200, 204]);
  }

  async find(type: 'Users' | 'Groups', filter: string): Promise<string> {
    const { body } = await this.insist('GET', `/${type}?filter=${encodeURIComponent(filter)}`, undefined, [200]);
    const [only] = body!.Resources;
    if (!only || body!.totalResults !== 1) throw new Error(`${filter}: ${body!.totalResults} results`);
    return only.id;
  }

  private async insist(method: string, path: string, body: unknown, wanted: readonly number[]): Promise<Reply> {
    const deadline = Date.now() + this.withinMs;
    for (;;) {
      const reply = await this.ask(method, path, body);
      if (reply && wanted.includes(reply.status)) return reply;
      this.failures.push(`${reply?.status ?? ''} ${reply?.retryAfter ?? ''}`.trim());
      if (Date.now() > deadline) throw new Error(`${method} ${path}: ${this.failures.slice(-3).join(' | ')}`);
      await delay(beforeRepeatingMs);
    }
  }
}

export function userOf(userName: string) {
  const emails = [{ primary: true, type: 'work', value: `${userName}@example.com` }];
  return { schemas: [scim.user], userName, displayName: userName, emails, active: true };
}
