import type { DirectoryModel, Entry } from './directory-model.js';
import { providers } from './facts.js';
import type { Configuration, OrderKind, Person, Provider } from './facts.js';

/** What somebody can know of a person: directories' users by their number, whether there is an account, who signed in to it. */
export interface View {
  readonly entries: ReadonlySet<number>;
  readonly hasAccount: boolean;
  readonly signedIn: ReadonlySet<Provider>;
  /** By this very question, the person proves who they are through this provider. */
  readonly signsIn?: Provider;
}

interface Order {
  readonly kind: OrderKind;
  readonly at: number;
  /** Directories' users, with the version that is lifted. */
  readonly lifts: ReadonlyMap<Entry, number>;
}

export type Answer = 'yes' | 'no' | 'unsure';

/**
 * Whose access is taken away, by what directories, administrators and sign-ins say (D10, S60, X25, X31), from the
 * requirements and without the product.
 */
export class DeactivationModel {
  private readonly orders = new Map<Person, Order>();
  private readonly everOrderedOff = new Set<Person>();
  private readonly everSaidOff = new Set<Person>();
  private readonly signIns = new Map<string, number>();
  private readonly unused: { readonly at: number; readonly accounts: ReadonlySet<Person> }[] = [];

  constructor(private readonly directory: DirectoryModel) {}

  /** @param known which of the person's users in directories the account was known to have when the order was given */
  order(person: Person, kind: OrderKind, known: ReadonlySet<number>, at: number): void {
    const lifts = this.directory
      .of(person)
      .flatMap((entry, index) =>
        kind === 'reactivate' && entry.standing !== 'active' && known.has(index)
          ? [[entry, entry.version] as const]
          : [],
      );
    this.orders.set(person, { kind, at, lifts: new Map(lifts) });
    if (kind === 'deactivate') this.everOrderedOff.add(person);
  }

  signedIn(person: Person, provider: Provider, at: number): void {
    this.signIns.set(`${person}/${provider}`, at);
  }

  /** After a change of the directories. */
  noteSaid(person: Person): void {
    if (this.directory.of(person).some(({ standing }) => standing !== 'active')) this.everSaidOff.add(person);
  }

  /** So long nobody may stay away. @param accounts of whom there was one then */
  wentUnused(accounts: ReadonlySet<Person>, at: number): void {
    this.unused.push({ at, accounts });
  }

  /** `unsure`: it depends on a provider that is off. */
  isDeactivated(person: Person, configuration: Configuration, view?: View): Answer {
    const [strict, lenient] = [false, true].map((isLenient) => this.isTaken(person, configuration, view, isLenient));
    if (strict === lenient) return strict ? 'yes' : 'no';
    return 'unsure';
  }

  hasOrder(person: Person): boolean {
    return this.orders.has(person);
  }

  hasEverBeenOrderedOff(person: Person): boolean {
    return this.everOrderedOff.has(person);
  }

  /** Whether anybody but time ever took the access away. */
  hasEverDeactivated(person: Person): boolean {
    return this.everOrderedOff.has(person) || this.everSaidOff.has(person);
  }

  /** Whether the word that ended the last deactivation is one that brings everybody back. */
  isCalledBack(person: Person, configuration: Configuration): boolean {
    const entries = this.directory.of(person);
    const order = this.orders.get(person);
    if (order?.kind === 'reactivate' && entries.every((one) => one.standing === 'active' || isLifted(one, order)))
      return true;
    const isOff = entries.some((one) => isInactive(one, entries) && !isLifted(one, order, 'inactive'));
    if (!isOff) return entries.some(({ standing }) => standing === 'active');
    // Then a sign-in counts more than the directory, and nothing of what an administrator ever took.
    return !order && this.isDeactivated(person, configuration) === 'no';
  }

  hasAnybodyGoneUnused(): boolean {
    return this.unused.length > 0;
  }

  hasEverGoneUnused(person: Person): boolean {
    return this.unused.some(({ accounts }) => accounts.has(person));
  }

  /** Nobody has signed in since, and no administrator has said anything. */
  isUnused(person: Person): boolean {
    const used = providers.map((provider) => this.signIns.get(`${person}/${provider}`) ?? 0);
    const last = Math.max(...used, this.orders.get(person)?.at ?? 0);
    return this.unused.some(({ at, accounts }) => accounts.has(person) && at > last);
  }

  private isTaken(person: Person, { rules }: Configuration, view: View | undefined, isLenient: boolean): boolean {
    const order = !view || view.hasAccount ? this.orders.get(person) : undefined;
    if (order?.kind === 'deactivate') return true;
    const counts = (provider: Provider) => isLenient || rules[provider].enabled;
    const entries = this.directory.of(person).filter((_, index) => !view || view.entries.has(index));
    const overruling = providers.filter((key) => counts(key) && rules[key].autoActivate && rules[key].overrules);
    const said = entries.filter(
      (entry) => !overruling.some((provider) => this.signInOf(person, provider, view) > entry.changedAt),
    );
    if (said.some((entry) => isInactive(entry, entries) && !isLifted(entry, order, 'inactive'))) return true;
    if (entries.some(({ standing, provider }) => standing === 'active' && counts(provider))) return false;
    const gone = said.filter((entry) => entry.standing === 'removed' && !isLifted(entry, order));
    return gone.some(({ provider }) => !rules[provider].keepsRemoved);
  }

  private signInOf(person: Person, provider: Provider, view: View | undefined): number {
    if (view?.signsIn === provider) return Infinity;
    if (view && !view.signedIn.has(provider)) return 0;
    return this.signIns.get(`${person}/${provider}`) ?? 0;
  }
}

/** A removal takes back no deactivation of before; the same directory does that has the person anew (decision 23). */
function isInactive(entry: Entry, entries: readonly Entry[]): boolean {
  if (entry.standing !== 'removed') return entry.standing === 'inactive';
  return entry.wasInactive === true && entries.findLast(({ provider }) => provider === entry.provider) === entry;
}

/**
 * What is said later is another version, which an order of before does not mean (decision 24).
 * @param word `inactive`: of somebody removed, what was said before that
 */
function isLifted(entry: Entry, order: Order | undefined, word: Entry['standing'] = entry.standing): boolean {
  const isEarlier = entry.standing === 'removed' && word === 'inactive';
  return (order?.lifts.get(entry) ?? 0) >= entry.version - (isEarlier ? 1 : 0);
}
