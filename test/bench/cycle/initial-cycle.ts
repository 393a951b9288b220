import { setTimeout as delay } from 'node:timers/promises';
import type { ScimClient } from '../scim/client.js';
import { schemas } from '../scim/shape.js';
import { groupName, membersOf, personName, userOf } from './company.js';
import type { Company } from './company.js';

/** Entra has so many requests under way, and puts so many memberships into one PATCH. */
export const atATime = 5;
const chunkSize = 100;

/** Everybody, then the groups, then who is in them: each is looked for before it is made, as a provider does at first. */
export class InitialCycle {
  requests = 0;
  private nextAt = performance.now();

  constructor(
    private readonly client: ScimClient,
    private readonly company: Company,
    private readonly perSecond: number,
  ) {}

  async send(): Promise<void> {
    const { people, groups } = this.company;
    const userIds = await this.eachOf(people, async (index) => {
      const userName = personName(index);
      await this.miss(`/Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}`);
      return this.make('/Users', userOf(index));
    });
    const groupIds = await this.eachOf(groups, async (group) => {
      const displayName = groupName(group);
      await this.miss(
        `/Groups?excludedAttributes=members&filter=${encodeURIComponent(`displayName eq "${displayName}"`)}`,
      );
      return this.make('/Groups', { schemas: [schemas.group], displayName, members: [] });
    });
    const chunks = membersOf(this.company).flatMap((members, group) =>
      Array.from({ length: Math.ceil(members.length / chunkSize) }, (_, chunk) => ({
        group: groupIds[group]!,
        value: members.slice(chunk * chunkSize, (chunk + 1) * chunkSize).map((index) => ({ value: userIds[index]! })),
      })),
    );
    await this.eachOf(chunks.length, async (place) => {
      const { group, value } = chunks[place]!;
      const body = { schemas: [schemas.patch], Operations: [{ op: 'Add', path: 'members', value }] };
      await this.paced(() => this.client.send('PATCH', `/Groups/${group}`, 204, body));
    });
  }

  private async miss(path: string): Promise<void> {
    const { totalResults } = JSON.parse(await this.paced(() => this.client.send('GET', path, 200))) as Found;
    if (totalResults !== 0) throw new Error(`${path} is there already`);
  }

  private async make(path: string, body: object): Promise<string> {
    return (JSON.parse(await this.paced(() => this.client.send('POST', path, 201, body))) as Made).id;
  }

  /** No faster than the rate, whoever asks. */
  private async paced(send: () => Promise<string>): Promise<string> {
    this.nextAt = Math.max(this.nextAt, performance.now() - 1_000) + 1_000 / this.perSecond;
    const earlyMs = this.nextAt - performance.now();
    if (earlyMs > 1) await delay(earlyMs);
    this.requests += 1;
    return send();
  }

  private async eachOf<Result>(count: number, work: (index: number) => Promise<Result>): Promise<Result[]> {
    const results: Result[] = [];
    let next = 0;
    const worker = async () => {
      while (next < count) {
        const index = next;
        next += 1;
        results[index] = await work(index);
      }
    };
    await Promise.all(Array.from({ length: atATime }, worker));
    return results;
  }
}

interface Found {
  readonly totalResults: number;
}
interface Made {
  readonly id: string;
}
