import { GatehouseError, OutageError } from '@gatehouse/errors';
import { Deadline } from './deadline.js';
import { permissionsAnswer } from './jira-answers.js';
import type { JiraUser } from './jira-client.js';
import { LostAnswer, credentialsRefused, tooLate } from './jira-errors.js';
import type { Outcome } from './jira-errors.js';
import type { JiraCall, JiraRest } from './jira-rest.js';
import { parseBody } from './parse-answer.js';
import { userCall, userIn } from './read-user.js';
import type { By } from './read-user.js';

/** The calls of one client, counted; what all its methods have in common. */
export class JiraCalls {
  private sent = 0;

  constructor(
    private readonly rest: JiraRest,
    private readonly deadlineMs: number,
  ) {}

  get made(): number {
    return this.sent;
  }

  /** The time of one method, re-reads included. */
  deadline(): Deadline {
    return new Deadline(this.deadlineMs);
  }

  async send(call: JiraCall, deadline: Deadline): Promise<Outcome> {
    if (deadline.isOver) throw tooLate();
    this.sent += 1;
    return this.rest.send(call, deadline);
  }

  async read(by: By, deadline: Deadline): Promise<JiraUser | undefined> {
    return userIn(await this.send(userCall(by), deadline), by);
  }

  /** A write of which "forbidden" concerns this one change: had we lost our rights, it would have been an outage. */
  async write(call: JiraCall, deadline: Deadline): Promise<Outcome> {
    const outcome = await this.send(call, deadline);
    if (outcome.kind === 'forbidden') await this.assertAdministrator(deadline);
    return outcome;
  }

  /**
   * A 403 in Jira's own envelope has two meanings that only a question tells apart: our account is no administrator
   * any more (an outage: nothing may be parked for it), or it is, and a rule of the directory or of system
   * administrators protects this one user. In doubt it is the first.
   */
  async assertAdministrator(deadline: Deadline): Promise<void> {
    const outcome = await this.send({ method: 'GET', route: '/mypermissions' }, deadline);
    if (outcome.kind !== 'done') throw credentialsRefused('status 403, and no answer about our permissions');
    const { ADMINISTER, SYSTEM_ADMIN } = parseBody(outcome.body, permissionsAnswer).permissions;
    if (!ADMINISTER?.havePermission && !SYSTEM_ADMIN?.havePermission) {
      throw credentialsRefused('the account of JIRA_TOKEN lacks the permission Administer Jira');
    }
  }

  /**
   * A write whose answer was lost may have been done: looking once more is cheaper than an outage, and right.
   *
   * @param isDone whether what was to be written is there
   */
  async despiteLoss(write: () => Promise<void>, isDone: () => Promise<boolean>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (!(error instanceof LostAnswer)) throw error;
      if (!(await isDone().catch(rethrowAs(error)))) throw error;
    }
  }
}

/** Jira is away for the second look as well: the first failure says more. */
function rethrowAs(error: OutageError): (second: unknown) => never {
  return (second) => {
    throw second instanceof GatehouseError && !(second instanceof OutageError) ? second : error;
  };
}
