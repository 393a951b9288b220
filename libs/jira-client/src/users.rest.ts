import type { Deadline } from './deadline.js';
import { userAnswer } from './jira-answers.js';
import type { JiraProfileChange, JiraUser, NewJiraUser } from './jira-client.js';
import { accountMissing, conflict, refused, usernameTaken } from './jira-errors.js';
import type { JiraBody, Outcome } from './jira-errors.js';
import type { JiraCalls } from './jira-calls.js';
import { sameName } from './jira-names.js';
import { hasProfile, parseBody, withAllGroups } from './parse-answer.js';
import type { By } from './read-user.js';
import { whyNotDeactivated } from './why-not-deactivated.rest.js';
import { whyRefused } from './why-refused.rest.js';

/** A change of one user, and how to see that it is there. */
interface Change {
  readonly by: By;
  readonly body: object;
  readonly isIn: (user: Omit<JiraUser, 'groups'>) => boolean;
  /** What the refusal of such a change means, unless the licence or the directory is the cause. */
  readonly otherwise?: (
    outcome: Exclude<Outcome, { kind: 'done' }>,
    user: JiraUser,
    deadline: Deadline,
  ) => Promise<Error>;
  /** Groups kept by somebody who comes back take their seats again. */
  readonly takesSeats?: boolean;
}

/** `/rest/api/2/user`. */
export class UsersRest {
  constructor(private readonly calls: JiraCalls) {}

  async create({ username, email, displayName }: NewJiraUser) {
    const deadline = this.calls.deadline();
    // No password: Jira makes a random one. No notification: Jira mails only when asked to. No applications: left
    // out, Jira would add its default ones and take a licence seat behind our back (decision 5).
    const body = { name: username, emailAddress: email, displayName, applicationKeys: [] };
    const outcome = await this.calls.write({ method: 'POST', route: '/user', body }, deadline);
    switch (outcome.kind) {
      case 'done':
        return { kind: 'created' as const, user: await this.asCreated(outcome.body, deadline) };
      case 'refused':
        if (outcome.fields.includes('username')) return this.asExisting(username, outcome.said, deadline);
        throw refused(outcome.said);
      case 'missing':
      case 'forbidden':
        throw refused(outcome.said);
    }
  }

  async update(key: string, { email, displayName }: JiraProfileChange): Promise<void> {
    const body = {
      ...(email === undefined ? {} : { emailAddress: email }),
      ...(displayName === undefined ? {} : { displayName }),
    };
    if (Object.keys(body).length === 0) return;
    await this.change({ by: { key }, body, isIn: (user) => hasProfile(user, body) });
  }

  setActive(username: string, active: boolean): Promise<void> {
    const isIn = (user: { active: boolean }) => user.active === active;
    if (active) return this.change({ by: { username }, body: { active }, isIn, takesSeats: true });
    return this.change({
      by: { username },
      body: { active },
      isIn,
      otherwise: (outcome, { key }, deadline) => whyNotDeactivated(outcome.said, key, this.calls, deadline),
    });
  }

  async remove(key: string): Promise<'removed' | 'kept'> {
    const deadline = this.calls.deadline();
    const isGone = async () => (await this.calls.read({ key }, deadline)) === undefined;
    const user = { isKept: false };
    const ask = async () => {
      const outcome = await this.calls.write({ method: 'DELETE', route: '/user', query: { key } }, deadline);
      user.isKept = !(await isGone());
      // A node that lags, or a copy of the name in another directory that comes to light.
      if (user.isKept && outcome.kind === 'done') throw conflict('Jira still shows the user whom it has removed');
    };
    await this.calls.despiteLoss(ask, isGone);
    return user.isKept ? 'kept' : 'removed';
  }

  rename(key: string, newUsername: string): Promise<void> {
    return this.change({
      by: { key },
      body: { name: newUsername },
      isIn: (user) => user.key === key && sameName(user.name, newUsername),
      otherwise: async (outcome, _user, deadline) => {
        const holder = await this.calls.read({ username: newUsername }, deadline);
        return holder === undefined || holder.key === key ? refused(outcome.said) : usernameTaken();
      },
    });
  }

  async endSessions(username: string): Promise<void> {
    const deadline = this.calls.deadline();
    const call = { method: 'DELETE', route: '/user/session/{username}', segment: username } as const;
    const outcome = await this.calls.write(call, deadline);
    if (outcome.kind === 'missing') throw accountMissing();
    if (outcome.kind !== 'done') throw refused(outcome.said);
  }

  private async change(change: Change): Promise<void> {
    const deadline = this.calls.deadline();
    const isDone = async () => {
      const user = await this.calls.read(change.by, deadline);
      return user !== undefined && change.isIn(user);
    };
    await this.calls.despiteLoss(() => this.ask(change, deadline), isDone);
  }

  private async ask({ by, body, isIn, otherwise, takesSeats }: Change, deadline: Deadline): Promise<void> {
    const outcome = await this.calls.write({ method: 'PUT', route: '/user', query: { ...by }, body }, deadline);
    if (outcome.kind === 'done') {
      if (isIn(parseBody(outcome.body, userAnswer))) return;
      throw conflict('Jira answered the update with other values than asked for');
    }
    const user = await this.calls.read(by, deadline);
    if (user === undefined) throw accountMissing();
    if (isIn(user)) return;
    if (outcome.kind === 'missing') throw conflict(outcome.said);
    const why = await whyRefused(
      { outcome, user, groups: takesSeats ? user.groups : [], otherwise: refused(outcome.said) },
      this.calls,
      deadline,
    );
    throw why.code === 'jira.request_refused' && otherwise ? await otherwise(outcome, user, deadline) : why;
  }

  private async asCreated(body: JiraBody, deadline: Deadline): Promise<JiraUser> {
    const user = parseBody(body, userAnswer);
    // Unexpanded, Jira answers the number of groups without their names: only zero is the whole list.
    if (user.groups?.size === 0) return withAllGroups(user);
    const found = await this.calls.read({ key: user.key }, deadline);
    if (found === undefined) throw conflict('the user just created is not found');
    return found;
  }

  /** Jira complains about the field `username` when the name is taken and also when it does not like the name. */
  private async asExisting(username: string, said: string, deadline: Deadline) {
    if ((await this.calls.read({ username }, deadline)) === undefined) throw conflict(said);
    return { kind: 'exists' as const };
  }
}
