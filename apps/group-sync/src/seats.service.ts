import { Injectable } from '@nestjs/common';
import { JiraReader } from '@gatehouse/jira-client';
import type { JiraApplication } from '@gatehouse/jira-client';
import { pauseForSeats } from '@gatehouse/mapping';
import type { SeatPlan } from '@gatehouse/mapping';
import type { Guard } from './run.js';

const keptMs = 60_000;
/** Where it would make somebody wait: a seat that was just freed is seen at the next sign-in. */
const keptWhenFullMs = 2_000;
const answersWithinMs = 2_000;

interface Seating extends Pick<SeatPlan, 'add' | 'paused'> {
  /** Groups that open an application; undefined: it was not asked. */
  readonly opening?: readonly string[];
}

interface Known {
  readonly at: number;
  applications: readonly JiraApplication[];
}

/** Which additions have to wait because a licence is full (P04). Asked once a minute, whatever the number of people. */
@Injectable()
export class Seats {
  private known: Known | undefined;
  private asking: Promise<Known> | undefined;

  constructor(private readonly reader: JiraReader) {}

  /** Undefined: nobody could say. A sign-in is not held up for a figure; Jira refuses by itself what it does not allow. */
  async plan(jira: Guard, present: readonly string[], add: readonly string[]): Promise<Seating | undefined> {
    if (add.length === 0) return { add, paused: [] };
    const planBy = ({ applications }: Known) => pauseForSeats({ applications, present, add });
    let known = await this.current(jira, keptMs).catch(() => undefined);
    if (known && planBy(known).paused.length > 0) known = await this.current(jira, keptWhenFullMs).catch(() => known);
    if (!known) return undefined;
    const plan = planBy(known);
    known.applications = known.applications.map((one) => (plan.takes.includes(one.key) ? withOneLess(one) : one));
    return { ...plan, opening: known.applications.flatMap(({ groups }) => groups) };
  }

  private async current(jira: Guard, withinMs: number): Promise<Known> {
    if (this.known && Date.now() - this.known.at < withinMs) return this.known;
    this.asking ??= this.ask(jira).finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async ask(jira: Guard): Promise<Known> {
    const at = Date.now();
    const ask = () => this.reader.begin(answersWithinMs).applications();
    const applications = await jira.guard(ask, { isForAll: true });
    this.known = { at, applications };
    return this.known;
  }
}

function withOneLess(application: JiraApplication): JiraApplication {
  const { remainingSeats } = application;
  return { ...application, remainingSeats: remainingSeats === null ? null : remainingSeats - 1 };
}
