import type { Cores } from '../cores.js';
import { Measured } from '../login/processes.js';
import type { ReconcileInstallation } from './installation.js';

/** Somebody of whom the bare client knows beforehand what is to be changed. */
export interface BarePerson {
  readonly name: string;
  /** Empty: nobody has them in Jira yet. */
  readonly key: string;
  readonly comes: readonly string[];
  readonly leaves: readonly string[];
}

export interface BareOrder {
  readonly people: readonly BarePerson[];
  /** So many calls at once; absent: person by person, what does not depend on each other at once. */
  readonly atOnce?: number;
}

const doneWithinMs = 1_800_000;

/** The floor of times, in a process of its own and on the core that the worker has else. */
export class BareClient {
  private constructor(private readonly client: Measured) {}

  static async start({ jira, token }: ReconcileInstallation, cores: Cores | undefined): Promise<BareClient> {
    const variables = { JIRA_URL: jira.url, JIRA_TOKEN: token };
    const client = Measured.start('bare client', '../reconcile/bare.client.js', variables);
    await client.listening();
    cores?.reserveFor(client.pid);
    return new BareClient(client);
  }

  /** @returns milliseconds: the median of one person, or all of it with `atOnce` */
  async run(order: BareOrder): Promise<number> {
    const done = this.client.listening(doneWithinMs);
    this.client.tell(order);
    return done;
  }

  stop(): Promise<void> {
    return this.client.stop();
  }
}
