import { setTimeout as delay } from 'node:timers/promises';
import type { FaultInstallation } from './installation.js';
import { Ledger } from './ledger.js';
import { Visitor } from './visitor.js';
import type { Landing } from './visitor.js';

/** The groups a person has at the identity provider; all combinations that the mapping tells apart, and one it ignores. */
const claims = [['dev'], ['support'], ['dev', 'ops'], ['ops', 'support'], [], ['unheard-of']] as const;

export interface Arrival {
  readonly visitor: Visitor;
  readonly landing: Landing;
  readonly tookMs: number;
}

/** Everybody who signs in at one installation, and what of it the driver has seen. */
export class Crowd {
  readonly ledger = new Ledger();
  /** By the name of the person: the groups they have at the identity provider. */
  readonly claimed = new Map<string, readonly string[]>();
  /** How many have reached Jira so far. */
  landed = 0;
  private next = 1;

  constructor(private readonly installation: FaultInstallation) {}

  /** People who have never been here, with their groups set at the identity provider. */
  async newcomers(count: number): Promise<readonly Visitor[]> {
    const names = Array.from({ length: count }, () => `load-${String(this.next++).padStart(4, '0')}`);
    for (const name of names) {
      const groups = claims[this.claimed.size % claims.length]!;
      await this.regroup(name, groups);
    }
    return names.map((name) => this.again(name));
  }

  /** From the next sign-in on the identity provider says so. */
  async regroup(name: string, groups: readonly string[]): Promise<void> {
    this.claimed.set(name, groups);
    await this.installation.sandbox.setGroups(name, groups);
  }

  /** A known or unknown person with a fresh browser. */
  again(name: string, password?: string): Visitor {
    return new Visitor(name, this.installation.origin, this.ledger, password);
  }

  /** @param overMs they come spread evenly over this time */
  async signIn(visitors: readonly Visitor[], { overMs, withinMs }: { overMs: number; withinMs: number }) {
    return Promise.all(
      visitors.map(async (visitor, index): Promise<Arrival> => {
        await delay((overMs * index) / visitors.length);
        const startedAt = performance.now();
        const landing = await visitor.signIn(withinMs);
        if (landing === 'landed') this.landed += 1;
        return { visitor, landing, tookMs: performance.now() - startedAt };
      }),
    );
  }
}

/** Who did not get in, and why; empty when everybody is there. */
export function leftOutside(arrivals: readonly Arrival[]): readonly string[] {
  return arrivals
    .filter(({ landing }) => landing !== 'landed')
    .map(({ visitor, landing }) => `${visitor.name} ${landing}: ${visitor.failures.slice(-3).join(' | ')}`);
}
