/** One login that the product has accepted, as seen from outside. */
interface Accepted {
  readonly person: string;
  /** What the browser carried to the identity provider and back: the id of the sign-in. */
  readonly state: string;
}

/** At least this long, or it is no secret that could be told from a word of a log. */
const longEnough = /[\w-]{20,}/g;

/**
 * What the driver itself has seen: which callbacks were answered with the way on (their commit is done then), and every
 * secret that passed. The product contributes nothing to it.
 */
export class Ledger {
  private readonly byState = new Map<string, Accepted>();
  private readonly found = new Set<string>();
  private readonly seen = new Set<string>();

  get accepted(): readonly Accepted[] {
    return [...this.byState.values()];
  }

  /** Those that no check has found in the database yet. */
  get toBeFound(): readonly Accepted[] {
    return this.accepted.filter(({ state }) => !this.found.has(state));
  }

  /** The product forgets which sign-in a login came of after a quarter of an hour, and a file in full takes longer. */
  markFound(states: Iterable<string>): void {
    for (const state of states) this.found.add(state);
  }

  get secrets(): ReadonlySet<string> {
    return this.seen;
  }

  accept(person: string, state: string): void {
    this.byState.set(state, { person, state });
  }

  /** Codes, tokens and cookies; of a value with signs in between every long part counts. */
  noteSecret(value: string): void {
    for (const [part] of value.matchAll(longEnough)) this.seen.add(part);
  }
}
