import type { Logger } from '@gatehouse/telemetry';
import { Deadline } from './deadline.js';
import { duplicatedUsersAnswer, foundGroupsAnswer, nameHolderAnswer } from './jira-answers.js';
import { JiraDirectory } from './jira-directory.js';
import type { DuplicatedUsers, FoundGroups } from './jira-directory.js';
import { credentialsRefused, notData, refused } from './jira-errors.js';
import type { Outcome } from './jira-errors.js';
import { JiraRest } from './jira-rest.js';
import type { JiraCall } from './jira-rest.js';
import { parseBody } from './parse-answer.js';
import type { JiraTraffic } from './traffic/jira-traffic.js';

export interface HttpJiraDirectoryOptions {
  /** Where REST is called, with Jira's context path. */
  readonly url: URL;
  readonly token: string;
  readonly logger: Logger;
  /** Default: one of its own. */
  readonly traffic?: JiraTraffic;
}

/** What Jira itself shows at once in its choosers. */
const groupsShown = 20;
const deadlineMs = 5_000;

export class HttpJiraDirectory extends JiraDirectory {
  private readonly rest: JiraRest;

  constructor(options: HttpJiraDirectoryOptions) {
    super();
    this.rest = new JiraRest(options);
  }

  async holderOf(username: string) {
    const outcome = await this.get({ method: 'GET', route: '/user', query: { username, includeDeleted: 'true' } });
    if (outcome.kind === 'missing') return undefined;
    const { key, deleted } = parseBody(bodyOf(outcome), nameHolderAnswer);
    return { key, deleted: deleted ?? false };
  }

  async duplicatedUsers(withinMs?: number): Promise<DuplicatedUsers | undefined> {
    const outcome = await this.get({ method: 'GET', route: '/user/duplicated/list' }, withinMs);
    // A list above 1 MB is not read to its end, and a part of it would say that a name is nowhere else.
    if (outcome.kind !== 'done' || outcome.body.kind === 'too-large') return undefined;
    const answer = parseBody(outcome.body, duplicatedUsersAnswer);
    return new Map(
      Object.entries(answer).map(([name, copies]) => [
        name,
        copies.map(({ directoryName, userActive }) => ({ directory: directoryName, active: userActive })),
      ]),
    );
  }

  async findGroups(text: string): Promise<FoundGroups> {
    const query = { query: text, maxResults: String(groupsShown) };
    const outcome = await this.get({ method: 'GET', route: '/groups/picker', query });
    if (outcome.kind === 'missing') throw notData('groups/picker is not there');
    const { total, groups } = parseBody(bodyOf(outcome), foundGroupsAnswer);
    return { total, names: groups.slice(0, groupsShown).map(({ name }) => name) };
  }

  private get(call: JiraCall, withinMs = deadlineMs): Promise<Outcome> {
    return this.rest.send(call, new Deadline(withinMs));
  }
}

function bodyOf(outcome: Exclude<Outcome, { kind: 'missing' }>) {
  switch (outcome.kind) {
    case 'done':
      return outcome.body;
    case 'forbidden':
      throw credentialsRefused('status 403 on a read');
    case 'refused':
      throw refused(outcome.said);
  }
}
