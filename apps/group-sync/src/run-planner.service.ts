import { Injectable } from '@nestjs/common';
import type { ConfigDocument } from '@gatehouse/contracts';
import { concernsProperties, noProperties, planAccount, planProperties } from '@gatehouse/mapping';
import type { PropertyPlan } from '@gatehouse/mapping';
import { RemovalBrake } from './removal-brake.store.js';
import { isNewcomer, unwrittenEntries } from './run.js';
import type { Run, RunPlan } from './run.js';
import { Seats } from './seats.service.js';

/** What a run does: the difference, less what has to wait for a seat or for an administrator's word. */
@Injectable()
export class RunPlanner {
  constructor(
    private readonly seats: Seats,
    private readonly brake: RemovalBrake,
  ) {}

  async plan(run: Run, { settings, providers }: Pick<ConfigDocument, 'settings' | 'providers'>): Promise<RunPlan> {
    const { account, books } = run;
    const { user } = run.seen!;
    const { profile, add, removals, kept, withheld } = planAccount({
      desired: account.desired,
      actual: user,
      settings,
      ledger: [...books.ledger, ...unwrittenEntries(run)],
      providers: Object.keys(providers),
      isNewcomer: isNewcomer(run),
    });
    const properties = await this.properties(run);
    // A user that is not active yet takes all its seats at once; Jira counts those itself.
    const seats = await this.seats.plan(run.jira, user.active ? user.groups : [], add);
    const brake = await this.brake.decide(run, removals, settings.brake);
    return {
      activate: !user.active,
      profile,
      properties,
      add: seats?.add ?? add,
      paused: seats?.paused ?? [],
      seatsUnknown: seats === undefined,
      opening: seats?.opening,
      remove: brake.admit,
      held: brake.hold,
      kept: [...kept, ...brake.dismissed.map(({ group }) => ({ group, because: 'dismissed' as const }))],
      withheld,
    };
  }

  /** One read, and only of people who have such properties, or had. */
  private async properties({ account, books, seen, jira }: Run): Promise<PropertyPlan> {
    const question = { ...account, setByUs: books.properties };
    if (!concernsProperties(question)) return noProperties;
    return planProperties({ ...question, actual: await jira.userProperties(seen!.user.key) });
  }
}
