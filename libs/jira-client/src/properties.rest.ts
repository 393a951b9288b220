import type { Deadline } from './deadline.js';
import { propertyAnswer, propertyKeysAnswer } from './jira-answers.js';
import { accountMissing, conflict, credentialsRefused, incomplete, refused } from './jira-errors.js';
import type { JiraBody, Outcome } from './jira-errors.js';
import type { JiraCalls } from './jira-calls.js';
import { parseBody } from './parse-answer.js';

/** Each is a call of its own, and all of them have one deadline. */
const propertiesMax = 50;

/** `/rest/api/2/user/properties`. */
export class PropertiesRest {
  constructor(private readonly calls: JiraCalls) {}

  async all(key: string): Promise<Record<string, string>> {
    const deadline = this.calls.deadline();
    const properties = await this.keys(key, deadline);
    if (properties.length > propertiesMax) throw incomplete(`more than ${propertiesMax} properties`);
    const pairs = await Promise.all(
      properties.map(async (property) => [property, await this.value(key, property, deadline)] as const),
    );
    return Object.fromEntries(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined));
  }

  async set(key: string, property: string, value: string): Promise<void> {
    const deadline = this.calls.deadline();
    const ask = async () => {
      const outcome = await this.calls.write({ ...at(key, property), method: 'PUT', body: value }, deadline);
      if (outcome.kind === 'missing') throw accountMissing();
      if (outcome.kind !== 'done') throw refused(outcome.said);
    };
    await this.calls.despiteLoss(ask, async () => (await this.value(key, property, deadline)) === value);
  }

  async remove(key: string, property: string): Promise<void> {
    const deadline = this.calls.deadline();
    const isGone = async () => !(await this.keys(key, deadline)).includes(property);
    const ask = async () => {
      const outcome = await this.calls.write({ ...at(key, property), method: 'DELETE' }, deadline);
      if (outcome.kind === 'done') return;
      // 404 may be the user, the property, or a node that lags.
      if (await isGone()) return;
      throw outcome.kind === 'missing' ? conflict(outcome.said) : refused(outcome.said);
    };
    await this.calls.despiteLoss(ask, isGone);
  }

  private async keys(key: string, deadline: Deadline): Promise<string[]> {
    const call = { method: 'GET', route: '/user/properties', query: { userKey: key } } as const;
    const body = bodyOf(await this.calls.send(call, deadline));
    if (body === undefined) throw accountMissing();
    return parseBody(body, propertyKeysAnswer).keys.map((one) => one.key);
  }

  private async value(key: string, property: string, deadline: Deadline): Promise<string | undefined> {
    const body = bodyOf(await this.calls.send({ ...at(key, property), method: 'GET' }, deadline));
    if (body === undefined) return undefined;
    const { value } = parseBody(body, propertyAnswer);
    return typeof value === 'string' ? value : JSON.stringify(value);
  }
}

function at(key: string, property: string) {
  return { route: '/user/properties/{property}', segment: property, query: { userKey: key } } as const;
}

/** Undefined: Jira positively said that it is not there. */
function bodyOf(outcome: Outcome): JiraBody | undefined {
  switch (outcome.kind) {
    case 'done':
      return outcome.body;
    case 'missing':
      return undefined;
    case 'forbidden':
      throw credentialsRefused('status 403 on a read');
    case 'refused':
      throw refused(outcome.said);
  }
}
