import { startSandboxJira } from '../../../apps/sandbox/src/jira/index.js';
import type { RunningSandboxJira } from '../../../apps/sandbox/src/jira/index.js';
import { jiraToken } from '../support/secrets.js';
import { foreignGroup, groups, seatGroup } from './facts.js';

export interface JiraPeople {
  readonly users: readonly {
    readonly name: string;
    readonly active: boolean;
    readonly emailAddress: string;
    readonly displayName: string;
    readonly groups: readonly string[];
    readonly properties: Readonly<Record<string, unknown>>;
  }[];
  readonly groups: readonly string[];
}

/** The sandbox Jira, with the hands of its administrators. */
export class JiraHands {
  private seats: number | undefined;

  private constructor(private readonly jira: RunningSandboxJira) {}

  static async open(): Promise<JiraHands> {
    return new JiraHands(await startSandboxJira({ host: '127.0.0.1', tokens: { [jiraToken]: 'admin' } }));
  }

  get url(): string {
    return this.jira.url;
  }

  close(): Promise<void> {
    return this.jira.close();
  }

  async empty(): Promise<void> {
    await this.control('/__test/reset', {});
    this.seats = undefined;
    const made = [...groups, foreignGroup].filter((name) => name !== seatGroup);
    await Promise.all(made.map((name) => this.byHand('POST', '/rest/api/2/group', { name })));
  }

  async addUser(name: string, memberOf: readonly string[]): Promise<void> {
    await this.byHand('POST', '/rest/api/2/user', {
      name,
      emailAddress: `${name}@example.com`,
      displayName: name,
      applicationKeys: [],
    });
    for (const group of memberOf) await this.setMember(name, group, true);
  }

  /** @returns whether it changed something */
  async setMember(name: string, group: string, member: boolean): Promise<boolean> {
    const path = `/rest/api/2/group/user?groupname=${group}`;
    if (member) return this.byHand('POST', path, { name });
    return this.byHand('DELETE', `${path}&username=${name}`);
  }

  /** @returns whether Jira took it */
  async setActive(name: string, active: boolean): Promise<boolean> {
    return this.byHand('PUT', `/rest/api/2/user?username=${name}`, { active });
  }

  async setReadOnly(on: boolean): Promise<void> {
    const mode = on ? 'readOnly' : 'writable';
    await this.control('/__test/switches', { directories: [{ name: 'Jira Internal Directory', mode }] });
  }

  /** @param free how many seats are left; undefined: no limit */
  async setSeats(free: number | undefined): Promise<void> {
    const seats = free === undefined ? undefined : (await this.seatsTaken()) + free;
    if (seats === this.seats) return;
    this.seats = seats;
    await this.control('/__test/switches', { seats: seats ?? null });
  }

  async isFull(): Promise<boolean> {
    return this.seats !== undefined && (await this.seatsTaken()) >= this.seats;
  }

  async state(): Promise<JiraPeople> {
    return (await (await fetch(`${this.url}/__test/state`)).json()) as JiraPeople;
  }

  private async seatsTaken(): Promise<number> {
    const { users } = await this.state();
    return users.filter((user) => user.active && user.groups.includes(seatGroup)).length;
  }

  private async byHand(method: string, path: string, body?: unknown): Promise<boolean> {
    const headers = { authorization: `Bearer ${jiraToken}`, 'content-type': 'application/json' };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(this.url + path, init);
    await response.body?.cancel();
    return response.ok;
  }

  private async control(path: string, body: unknown): Promise<void> {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(this.url + path, init);
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    await response.body?.cancel();
  }
}
