import { Pool } from 'undici';
import { person, schemas, token } from './shape.js';

/** Where the same requests are sent to, and whom they are about. */
export interface Target {
  readonly origin: string;
  readonly base: string;
  readonly userIds: readonly string[];
  readonly largeGroup: string;
  /** Who is in it from the beginning. */
  readonly largeMembers: number;
  readonly smallGroups: readonly string[];
}

const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };

/** A SCIM client that keeps its connections, as providers do. Every answer is read to its end and looked at. */
export class ScimClient {
  private readonly pool: Pool;
  private serial = 0;

  constructor(
    readonly target: Target,
    connections: number,
  ) {
    this.pool = new Pool(target.origin, { connections, pipelining: 1 });
  }

  async create(): Promise<void> {
    this.serial += 1;
    await this.send('POST', '/Users', 201, person(`new-${this.serial}@example.com`, this.serial));
  }

  async find(userName: string): Promise<void> {
    const filter = encodeURIComponent(`userName eq "${userName}"`);
    const body = await this.send('GET', `/Users?filter=${filter}`, 200);
    if (!body.includes('"totalResults":1')) throw new Error(`${userName} was not found: ${body.slice(0, 200)}`);
  }

  async read(id: string): Promise<void> {
    await this.send('GET', `/Users/${id}`, 200);
  }

  async retitle(id: string, title: string): Promise<void> {
    await this.patch(`/Users/${id}`, { op: 'replace', path: 'title', value: title });
  }

  async addMember(group: string, id: string): Promise<void> {
    await this.patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: id }] });
  }

  async close(): Promise<void> {
    await this.pool.destroy(); // Also of a contestant that answers no more.
  }

  private async patch(path: string, operation: object): Promise<void> {
    await this.send('PATCH', path, [200, 204], { schemas: [schemas.patch], Operations: [operation] });
  }

  /** @throws Error when it is not answered with an expected status */
  async send(method: string, path: string, expected: number | number[], body?: object): Promise<string> {
    const { statusCode, body: answer } = await this.pool.request({
      method,
      path: this.target.base + path,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (![expected].flat().includes(statusCode))
      throw new Error(`${method} ${path} was answered with ${statusCode}: ${text.slice(0, 300)}`);
    return text;
  }
}
