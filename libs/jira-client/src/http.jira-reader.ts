import type { Logger } from '@gatehouse/telemetry';
import { Deadline } from './deadline.js';
import { applicationRolesAnswer, memberCountAnswer, memberNamesAnswer, memberPageAnswer } from './jira-answers.js';
import { JiraCalls } from './jira-calls.js';
import type { JiraUser } from './jira-client.js';
import { credentialsRefused, notData, refused, tooLate } from './jira-errors.js';
import type { JiraBody, Outcome } from './jira-errors.js';
import type { Ask } from './jira-http.js';
import { sameName } from './jira-names.js';
import { JiraReader } from './jira-reader.js';
import type { JiraApplication, JiraReading } from './jira-reader.js';
import { JiraRest } from './jira-rest.js';
import type { JiraCall } from './jira-rest.js';
import { parseBody } from './parse-answer.js';
import { userCall, userIn } from './read-user.js';
import type { By } from './read-user.js';
import { SearchRest } from './search.rest.js';
import type { JiraTraffic } from './traffic/jira-traffic.js';

export interface HttpJiraReaderOptions {
  /** Where REST is called, with Jira's context path. */
  readonly url: URL;
  readonly token: string;
  readonly logger: Logger;
  /** Default: one of its own. */
  readonly traffic?: JiraTraffic;
  /** Default: over HTTP. */
  readonly ask?: Ask;
}

/** Jira Data Center 9.12, 10.3 and 11 over `/rest/api/2`, by GET alone. */
export class HttpJiraReader extends JiraReader {
  private readonly rest: JiraRest;

  constructor(options: HttpJiraReaderOptions) {
    super();
    this.rest = new JiraRest(options);
  }

  begin(withinMs: number): JiraReading {
    return new HttpJiraReading(this.rest, new Deadline(withinMs));
  }
}

class HttpJiraReading implements JiraReading {
  constructor(
    private readonly rest: JiraRest,
    private readonly deadline: Deadline,
  ) {}

  async findUser(by: By): Promise<JiraUser | undefined> {
    return userIn(await this.get(userCall(by)), by);
  }

  findUsersByEmail(email: string): Promise<readonly JiraUser[]> {
    return new SearchRest(new JiraCalls(this.rest, 0)).byEmail(email, this.deadline);
  }

  /** Reading a group itself is gone since Jira 10; its members can be asked for, and one is enough. */
  async hasGroup(name: string): Promise<boolean> {
    const query = { groupname: name, maxResults: '1' };
    const outcome = await this.get({ method: 'GET', route: '/group/member', query });
    if (outcome.kind === 'missing') return false;
    parseBody(bodyOf(outcome), memberPageAnswer);
    return true;
  }

  async memberCount(group: string): Promise<number | undefined> {
    const query = { groupname: group, includeInactiveUsers: 'true', maxResults: '1' };
    const outcome = await this.get({ method: 'GET', route: '/group/member', query });
    return outcome.kind === 'missing' ? undefined : parseBody(bodyOf(outcome), memberCountAnswer).total;
  }

  async hasOtherMember(group: string, username: string): Promise<boolean> {
    const query = { groupname: group, includeInactiveUsers: 'false', maxResults: '2' };
    const outcome = await this.get({ method: 'GET', route: '/group/member', query });
    if (outcome.kind === 'missing') return false;
    const { values } = parseBody(bodyOf(outcome), memberNamesAnswer);
    return values.some(({ name, active }) => active !== false && !sameName(name, username));
  }

  async applications(): Promise<readonly JiraApplication[]> {
    const outcome = await this.get({ method: 'GET', route: '/applicationrole' });
    if (outcome.kind === 'missing') throw notData('applicationrole is not there');
    return parseBody(bodyOf(outcome), applicationRolesAnswer);
  }

  private async get(call: JiraCall): Promise<Outcome> {
    if (this.deadline.isOver) throw tooLate();
    return this.rest.send(call, this.deadline);
  }
}

function bodyOf(outcome: Exclude<Outcome, { kind: 'missing' }>): JiraBody {
  switch (outcome.kind) {
    case 'done':
      return outcome.body;
    case 'forbidden':
      throw credentialsRefused('status 403 on a read');
    case 'refused':
      throw refused(outcome.said);
  }
}
