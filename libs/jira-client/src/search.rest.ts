import type { Deadline } from './deadline.js';
import { foundUsersAnswer } from './jira-answers.js';
import type { JiraPerson, JiraUser } from './jira-client.js';
import { credentialsRefused, incomplete, notData, refused } from './jira-errors.js';
import type { JiraCalls } from './jira-calls.js';
import { sameName } from './jira-names.js';
import { parseBody } from './parse-answer.js';

/** Since Jira 10 no search shows more, whatever it is asked for (JRASERVER-78660). */
const pageSize = 100;
const pagesMax = 5;

/** `/rest/api/2/user/search`. */
export class SearchRest {
  constructor(private readonly calls: JiraCalls) {}

  async byEmail(email: string, deadline = this.calls.deadline()): Promise<readonly JiraUser[]> {
    const wanted = email.trim();
    // Jira's search would take a point for everybody, and refuses nothing at all.
    if (!wanted.includes('@')) return [];
    // The search matches beginnings, and names too.
    const found = (await this.search(wanted, deadline)).filter(({ emailAddress }) =>
      sameName(emailAddress.trim(), wanted),
    );
    const users = await Promise.all(found.map(({ key }) => this.calls.read({ key }, deadline)));
    return users.filter((user) => user !== undefined);
  }

  /** @throws RetryableError when Jira may know more than it shows: one of many is not "the only one" */
  private async search(text: string, deadline: Deadline): Promise<readonly JiraPerson[]> {
    const found: JiraPerson[] = [];
    for (let page = 0; page < pagesMax; page += 1) {
      const values = await this.page(text, found.length, deadline);
      found.push(...values);
      if (values.length === 0 && page > 0) break;
      if (values.length < pageSize) return found;
    }
    throw incomplete(`the search stopped at ${found.length} users`);
  }

  private async page(text: string, startAt: number, deadline: Deadline): Promise<readonly JiraPerson[]> {
    const query = {
      username: text,
      startAt: String(startAt),
      maxResults: String(pageSize),
      // Somebody inactive with the same address makes it ambiguous all the same.
      includeActive: 'true',
      includeInactive: 'true',
    };
    const outcome = await this.calls.send({ method: 'GET', route: '/user/search', query }, deadline);
    switch (outcome.kind) {
      case 'done':
        return parseBody(outcome.body, foundUsersAnswer);
      case 'missing':
        throw notData('user/search is not there');
      case 'forbidden':
        throw credentialsRefused('status 403 on a read');
      case 'refused':
        throw refused(outcome.said);
    }
  }
}
