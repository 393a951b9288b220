import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import type { Role } from '@gatehouse/contracts';
import { KnownPeople } from './known-people.js';
import { Surroundings } from './running-console.js';
import type { RunningConsole } from './running-console.js';

/** One running console that the tests of a describe block share, with nobody known at the beginning of each. */
export class ConsoleUnderTest {
  private opened: { surroundings: Surroundings; running: RunningConsole; people: KnownPeople } | undefined;

  static shared(): ConsoleUnderTest {
    const shared = new ConsoleUnderTest();
    beforeAll(async () => {
      const surroundings = await Surroundings.open();
      shared.opened = { surroundings, running: await surroundings.start(), people: new KnownPeople(surroundings) };
    });
    afterAll(() => shared.opened?.surroundings.close());
    beforeEach(() => shared.people.forget());
    return shared;
  }

  get people(): KnownPeople {
    return this.known.people;
  }

  get(path: string): Promise<Response> {
    return this.known.running.request(path);
  }

  async postAs(role: Role, path: string, body: object): Promise<Response> {
    return this.post(path, body, { authorization: `Bearer ${await this.known.running.tokenOf(role)}` });
  }

  post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
    return this.known.running.request(path, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      body: JSON.stringify(body),
    });
  }

  private get known() {
    if (!this.opened) throw new Error('the console did not start');
    return this.opened;
  }
}
