import type { JiraFault } from './facts.js';

/** Thrown at whatever a dead worker still tries. */
export class Killed extends Error {}

/** A call that Jira may do whether its sender lives or not. */
export type Landing = () => Promise<unknown>;

interface Gate {
  readonly land: Landing | undefined;
  readonly open: (fault: JiraFault | undefined) => void;
  readonly shut: () => void;
}

/**
 * A process with one job in hand. It stops before every call to Jira, after it, and before every transaction, until the
 * driver lets it go on, kills it, or leaves it frozen. Dead, it reaches neither Jira nor PostgreSQL.
 */
export class Worker {
  /** By its own clock, which runs on while it is frozen. */
  clockAheadMs = 0;
  /** Nobody calls Jira without the lease of the account. */
  hasCalledJira = false;
  /** Somebody else took its lease while it was frozen. */
  isOvertaken = false;
  hasEnded = false;
  private isAlive = true;
  private passesGates = false;
  private gates: Gate[] = [];
  private busy = 0;
  private changed: () => void = () => undefined;

  /** @param statementsLeft it dies before the next one */
  constructor(
    readonly lane: string,
    private statementsLeft = Infinity,
  ) {}

  /** Calls it has sent, or is about to. */
  get landings(): readonly Landing[] {
    return this.gates.flatMap(({ land }) => land ?? []);
  }

  /** Waits at a gate. @returns what is to befall the call */
  async stop(land?: Landing): Promise<JiraFault | undefined> {
    this.assertAlive();
    if (this.passesGates) return undefined;
    return new Promise((resolve, reject) => {
      this.gates.push({ land, open: resolve, shut: () => reject(new Killed('killed')) });
      this.changed();
    });
  }

  /** Does what takes time outside of this process. */
  async reach<Result>(work: () => Promise<Result>): Promise<Result> {
    this.assertAlive();
    this.busy += 1;
    try {
      return await work();
    } finally {
      this.busy -= 1;
      this.changed();
    }
  }

  statement(): void {
    this.assertAlive();
    this.statementsLeft -= 1;
    if (this.statementsLeft > 0) return;
    this.die();
    throw new Killed('killed');
  }

  /** @param pick in [0, 1): which of its gates */
  open(pick: number, fault: JiraFault | undefined): void {
    const [gate] = this.gates.splice(Math.floor(pick * this.gates.length), 1);
    gate?.open(fault);
  }

  /** No more stops. */
  goOn(): void {
    this.passesGates = true;
    for (const gate of this.gates.splice(0)) gate.open(undefined);
  }

  die(): void {
    this.isAlive = false;
    for (const gate of this.gates.splice(0)) gate.shut();
  }

  end(): void {
    this.hasEnded = true;
    this.changed();
  }

  /** Until it stands at its gates, or has ended. */
  async settle(): Promise<void> {
    for (;;) {
      // What was just let through or answered may lead to the next call at once.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.isAtRest()) return;
      await new Promise<void>((resolve) => (this.changed = resolve));
    }
  }

  private isAtRest(): boolean {
    return this.hasEnded || (this.busy === 0 && this.gates.length > 0);
  }

  private assertAlive(): void {
    if (!this.isAlive) throw new Killed('killed');
  }
}
