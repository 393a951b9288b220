import { unusedDays } from './configuration-document.js';
import { Crew } from './crew.js';
import { people } from './facts.js';
import type { Person, Schedule, SignIn, Step } from './facts.js';
import { policyOf } from './gateway-hand.js';
import { History } from './history.js';
import { wrongAtSignIn } from './judge-sign-in.js';
import { Rest } from './rest.js';
import { mayRemoveTeam } from './team-model.js';
import { Wire } from './wire.js';
import type { Write } from './wire.js';
import type { World } from './world.js';

const dayMs = 24 * 3_600_000;

/** Takes the steps of one schedule, then lets everything come to rest. */
export class Play {
  readonly history = new History();
  /** Writes that Jira refused because it was read-only, or its licence full. */
  refused = 0;
  readonly wrong: string[] = [];
  readonly wire: Wire;
  readonly crew: Crew;
  readonly rest: Rest;
  private isReadOnly = false;
  private isShort = false;

  constructor(
    private readonly world: World,
    private readonly judgeWrite: (write: Write, history: History) => string | undefined,
  ) {
    this.wire = new Wire((write) => this.saw(write));
    this.crew = new Crew(world, this.wire);
    this.rest = new Rest(this, world);
  }

  async play({ before, steps }: Schedule): Promise<void> {
    const { world, history } = this;
    await world.empty();
    for (const [name, memberOf] of Object.entries(before)) {
      await world.jira.addUser(name, memberOf);
      history.adopted.add(name as Person);
      for (const group of memberOf) history.byHand.push({ person: name as Person, group, member: true });
    }
    await world.jira.addUser('dave', ['alpha', 'by-hand']);
    for (const step of steps) {
      await this.take(step);
      history.noteTeams((person) => mayRemoveTeam(history, person));
    }
    await this.setReadOnly(false);
    await this.rest.come();
  }

  async signIn(signIn: SignIn): Promise<void> {
    const { world, history } = this;
    const linked = await world.linkedTo(signIn.person);
    const isIn = await world.gateway.signIn(signIn, policyOf(history.configurations.at(-1)));
    const why = wrongAtSignIn(signIn, isIn, { history, linked });
    if (why) this.wrong.push(why);
    if (isIn) history.cameIn(signIn);
  }

  /** @param free how many seats are left; undefined: no limit */
  async setSeats(free: number | undefined): Promise<void> {
    this.isShort = free !== undefined;
    await this.world.jira.setSeats(free);
  }

  private async take(step: Step): Promise<void> {
    const { world, history, crew } = this;
    switch (step.kind) {
      case 'sign-in':
        return this.signIn(step.of);
      case 'directory':
        await world.directory.push(step.change);
        {
          history.pushed(step.change);
          return;
        }
      case 'order':
        return this.order(step);
      case 'configure':
        await this.knowLinked();
        history.configurations.push(step.to);
        await world.console.configure(step.to);
        return;
      case 'verdict':
        if (await world.console.decideHeld(step.verdict, step.group)) history.verdicts.push(step);
        return;
      case 'by-hand':
        if (await world.jira.setMember(step.person, step.group, step.member)) history.byHand.push(step);
        return;
      case 'set-active':
        if ((await world.jira.setActive(step.person, step.active)) && !step.active)
          history.deactivated.add(step.person);
        return;
      case 'read-only':
        return this.setReadOnly(step.on);
      case 'seats':
        return this.setSeats(step.free);
      case 'unused':
        return this.goUnused();
      case 'sweep':
        return world.console.sweep('due');
      case 'deliver':
        return crew.deliver(step);
      case 'advance':
        return crew.advance(step);
      case 'finish':
        return crew.finish(step.pick);
      case 'others':
        return crew.others(step.jobs);
      case 'kill':
        return crew.kill(step.pick, step.calls);
      case 'pass':
        return crew.pass(step.ms, step.jobs);
    }
  }

  private async order({ person, order }: Extract<Step, { kind: 'order' }>): Promise<void> {
    const linked = await this.world.linkedTo(person);
    if (!linked) return;
    await this.world.console.order(person, order);
    this.history.deactivation.order(person, order, linked.entries, this.history.tick());
  }

  /** While the configuration still holds by which they were linked. */
  private async knowLinked(): Promise<void> {
    for (const person of people) {
      const linked = await this.world.linkedTo(person);
      if (linked) this.history.knowLinked(person, linked.signedIn);
    }
  }

  private async goUnused(): Promise<void> {
    const accounts = new Set<Person>();
    for (const person of people) if (await this.world.linkedTo(person)) accounts.add(person);
    this.history.deactivation.wentUnused(accounts, this.history.tick());
    await this.crew.pass((unusedDays + 10) * dayMs);
    await this.world.console.sweep('unused');
  }

  private async setReadOnly(on: boolean): Promise<void> {
    this.isReadOnly = on;
    await this.world.jira.setReadOnly(on);
  }

  private saw(write: Write): void {
    if ((this.isReadOnly || this.isShort) && !write.didSomething) this.refused += 1;
    const why = this.judgeWrite(write, this.history);
    if (why) this.wrong.push(why);
  }
}
