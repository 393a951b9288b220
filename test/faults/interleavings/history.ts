import { DeactivationModel } from './deactivation-model.js';
import { DirectoryModel } from './directory-model.js';
import { people } from './facts.js';
import type { Configuration, DirectoryChange, GroupsClaim, Person, Provider, SignIn, Verdict } from './facts.js';

interface DirectoryList {
  readonly person: Person;
  readonly provider: Provider;
  readonly groups: GroupsClaim;
}

/** What came from outside while one schedule was played, in the order in which it came. */
export class History {
  readonly configurations: Configuration[] = [];
  /** Of people who came in. */
  readonly signIns: SignIn[] = [];
  readonly byHand: { readonly person: Person; readonly group: string; readonly member: boolean }[] = [];
  /** By hand, in Jira. */
  readonly deactivated = new Set<Person>();
  readonly verdicts: { readonly verdict: Verdict; readonly group: string | undefined }[] = [];
  readonly directory = new DirectoryModel();
  readonly deactivation = new DeactivationModel(this.directory);
  /** Every list that a directory ever had of somebody. */
  readonly lists: DirectoryList[] = [];
  /** Users whom Jira had before us. */
  readonly adopted = new Set<Person>();
  /** Whose user property might have been taken away at some moment, by what was known then: a run may be slow. */
  readonly teamMayGo = new Set<Person>();
  private readonly linked = new Map<Person, readonly Provider[]>();
  private clock = 0;

  get configuration(): Configuration {
    return this.configurations.at(-1)!;
  }

  tick(): number {
    return (this.clock += 1);
  }

  /** Providers whose sign-ins are known to be linked to the person's account, by now or longer. */
  linkedThrough(person: Person): readonly Provider[] {
    return this.linked.get(person) ?? [];
  }

  /** Of people who came in: of others nothing was written that could go. */
  noteTeams(mayGo: (person: Person) => boolean): void {
    for (const { person } of this.signIns) if (mayGo(person)) this.teamMayGo.add(person);
  }

  knowLinked(person: Person, providers: Iterable<Provider>): void {
    this.linked.set(person, [...providers]);
  }

  cameIn(signIn: SignIn): void {
    this.signIns.push(signIn);
    this.deactivation.signedIn(signIn.person, signIn.provider, this.tick());
  }

  pushed(change: DirectoryChange): void {
    const { directory, lists } = this;
    directory.apply(change, this.tick());
    for (const person of people) {
      this.deactivation.noteSaid(person);
      if (!directory.has(change.provider, person)) continue;
      lists.push({ person, provider: change.provider, groups: directory.listOf(change.provider, person) });
    }
  }

  /** Whether an administrator ever said this of a group, or of everything at once. */
  wasSaid(verdict: Verdict, group: string): boolean {
    return this.verdicts.some((one) => one.verdict === verdict && (one.group ?? group) === group);
  }
}
