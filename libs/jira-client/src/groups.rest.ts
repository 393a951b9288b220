import { Deadline } from './deadline.js';
import { groupAnswer, memberPageAnswer, membersAnswer } from './jira-answers.js';
import type { JiraPerson, JiraUser } from './jira-client.js';
import { accountMissing, conflict, credentialsRefused, groupMissing, incomplete, refused } from './jira-errors.js';
import type { Outcome } from './jira-errors.js';
import type { JiraCalls } from './jira-calls.js';
import { isMember, parseBody } from './parse-answer.js';
import { whyRefused } from './why-refused.rest.js';

/** Jira gives no more a page, whatever is asked for. */
const pageSize = 50;
/** Of 50 members each: a quarter of a million, more than any Jira has users. */
const pagesMax = 5_000;

/** `/rest/api/2/group`. */
export class GroupsRest {
  constructor(
    private readonly calls: JiraCalls,
    private readonly pageDeadlineMs: number,
  ) {}

  async create(name: string): Promise<'created' | 'exists'> {
    const deadline = this.calls.deadline();
    let answer: 'created' | 'exists' = 'created';
    const ask = async () => {
      const outcome = await this.calls.write({ method: 'POST', route: '/group', body: { name } }, deadline);
      if (outcome.kind === 'done') {
        parseBody(outcome.body, groupAnswer);
        return;
      }
      // Taken and not liked are the same 400.
      if (!(await this.isThere(name, deadline))) throw refused(outcome.said);
      answer = 'exists';
    };
    await this.calls.despiteLoss(ask, () => this.isThere(name, deadline));
    return answer;
  }

  async add(username: string, group: string): Promise<void> {
    const deadline = this.calls.deadline();
    const ask = async () => {
      const call = { method: 'POST', route: '/group/user', query: { groupname: group } } as const;
      const outcome = await this.calls.write({ ...call, body: { name: username } }, deadline);
      if (outcome.kind === 'done') {
        parseBody(outcome.body, groupAnswer);
        return;
      }
      const user = await this.existing(username, deadline);
      if (isMember(user, group)) return;
      if (outcome.kind === 'missing') throw groupMissing(group);
      const groups = user.active ? [group] : [];
      throw await whyRefused({ outcome, user, groups, otherwise: inDoubt(outcome) }, this.calls, deadline);
    };
    await this.calls.despiteLoss(ask, async () => isMember(await this.existing(username, deadline), group));
  }

  async remove(username: string, group: string): Promise<void> {
    const deadline = this.calls.deadline();
    const ask = async () => {
      const query = { groupname: group, username };
      const outcome = await this.calls.write({ method: 'DELETE', route: '/group/user', query }, deadline);
      if (outcome.kind === 'done') return;
      const user = await this.existing(username, deadline);
      if (!isMember(user, group)) return;
      throw await whyRefused({ outcome, user, otherwise: inDoubt(outcome) }, this.calls, deadline);
    };
    await this.calls.despiteLoss(ask, async () => !isMember(await this.existing(username, deadline), group));
  }

  async *members(group: string): AsyncGenerator<readonly JiraPerson[]> {
    let startAt = 0;
    for (let page = 0; page < pagesMax; page += 1) {
      const { values, isLast } = await this.page(group, startAt);
      if (values.length > 0) yield values;
      if (isLast) return;
      // The server may give less than was asked for: what came is what counts, and nothing would go round for ever.
      if (values.length === 0) throw incomplete('an empty page of members that is not the last');
      startAt += values.length;
    }
    throw incomplete(`more than ${pagesMax} pages of members`);
  }

  private async page(group: string, startAt: number) {
    const query = {
      groupname: group,
      includeInactiveUsers: 'true',
      startAt: String(startAt),
      maxResults: String(pageSize),
    };
    const call = { method: 'GET', route: '/group/member', query, purpose: 'audit' } as const;
    const outcome = await this.calls.send(call, new Deadline(this.pageDeadlineMs));
    switch (outcome.kind) {
      case 'done':
        return parseBody(outcome.body, membersAnswer);
      case 'missing':
        throw groupMissing(group);
      case 'forbidden':
        throw credentialsRefused('status 403 on a read');
      case 'refused':
        throw refused(outcome.said);
    }
  }

  /** Reading a group itself is gone since Jira 10; its members can be asked for, and one is enough. */
  private async isThere(group: string, deadline: Deadline): Promise<boolean> {
    const query = { groupname: group, maxResults: '1' };
    const outcome = await this.calls.send({ method: 'GET', route: '/group/member', query }, deadline);
    if (outcome.kind !== 'done') return false;
    parseBody(outcome.body, memberPageAnswer);
    return true;
  }

  private async existing(username: string, deadline: Deadline): Promise<JiraUser> {
    const user = await this.calls.read({ username }, deadline);
    if (user === undefined) throw accountMissing();
    return user;
  }
}

/** A refusal that the user's memberships do not explain may pass; that Jira forbids it does not. */
function inDoubt(outcome: Exclude<Outcome, { kind: 'done' }>) {
  return outcome.kind === 'forbidden' ? refused(outcome.said) : conflict(outcome.said);
}
