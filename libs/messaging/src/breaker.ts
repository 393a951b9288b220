import { randomUUID } from 'node:crypto';
import type { Dependency } from '@gatehouse/contracts';
import { codes, OutageError } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import type { Logger } from '@gatehouse/telemetry';
import type { BreakerRecord, BreakerStore } from './breaker.store.js';
import { concernsEverybody, isCertain } from './decide-breaker.js';
import type { OutageVerdict } from './decide-failure.js';
import { Loop } from './loop.js';
import type { Rest } from './loop.js';

/** How a process that can reach the dependency asks whether it is back. */
export interface Probe {
  /** Keyed hash of address and credentials: with others than those that failed, it is worth asking at once. */
  readonly connection: string;
  /** One cheap call. @throws OutageError while the dependency as a whole is away */
  ask(): Promise<void>;
}

const pollMs = 1_000;
/** Longer than a probe's own deadline; after it the prober counts as dead. */
const probeLastsMs = 15_000;
/** Nobody probes any more (no worker runs): what is known is too old to hold anybody back. */
const staleAfterMs = 60_000;

/** One dependency's breaker as this process sees it: what is in the shared row, plus what it has just been told itself. */
export class Breaker {
  private readonly loop = new Loop(() => this.step());
  private readonly id = randomUUID();
  private readonly listeners = new Set<(isOpen: boolean) => void>();
  private record: BreakerRecord | undefined;
  private readAt = 0;
  private told: OutageError | undefined;
  private opening: Promise<void> | undefined;
  private confirming: Promise<OutageError | undefined> | undefined;
  private probe: Probe | undefined;
  private knocked = false;
  private wasOpen = false;

  constructor(
    private readonly name: Dependency,
    private readonly store: BreakerStore,
    private readonly logger: Logger,
  ) {}

  /** By the service whose calls it guards. */
  register(probe: Probe): void {
    this.probe = probe;
    this.loop.wake();
  }

  /** Calls back at every change, and at once if it is open now. */
  follow(listener: (isOpen: boolean) => void): void {
    this.listeners.add(listener);
    if (this.isOpen) listener(true);
  }

  get isOpen(): boolean {
    return this.told !== undefined || (this.record !== undefined && this.record.state !== 'closed');
  }

  /** Why it is open. */
  get code(): ErrorCode | undefined {
    return this.isOpen ? (this.told?.code ?? this.record?.code ?? undefined) : undefined;
  }

  /**
   * For those outside the queues who ask now and then: Jira limits or refuses us, and somebody is looking after it.
   * Where it merely does not answer, one more question harms nobody.
   */
  get holdsOff(): boolean {
    return isCertain(this.code) && this.isLookedAfter;
  }

  /** It is open, and some worker asks whether the dependency is back. */
  get isLookedAfter(): boolean {
    if (!this.isOpen) return false;
    const waitMs = (this.record?.waitMs ?? 0) - (performance.now() - this.readAt);
    return this.told !== undefined || waitMs > -staleAfterMs;
  }

  /** Right before each call. @throws OutageError while it is open */
  assertClosed(): void {
    if (this.isOpen)
      throw new OutageError(this.code ?? 'jira.unreachable', codes[this.code ?? 'jira.unreachable'].meaning);
  }

  /** A call failed. What concerns everybody stops this process at once, and the others with the commit. */
  trip(error: unknown): void {
    if (!concernsEverybody(error)) return;
    this.told ??= error;
    void this.open(error).catch(() => undefined); // `judge` waits for the same and is told
    this.announce();
  }

  /**
   * Whether an outage that befell one job is everybody's: what one person's work may have caused is confirmed by a probe.
   * Undefined: nobody here can say.
   */
  async judge(error: OutageError): Promise<OutageVerdict | undefined> {
    // While it is open only a longer wait is news.
    if (this.isOpen && error.retryAfterMs === undefined) return 'whole';
    if (concernsEverybody(error)) {
      await this.open(error);
      return 'whole';
    }
    const fault = await this.confirm();
    if (fault === 'unknown') return undefined;
    if (fault === undefined) return 'own';
    await this.open(fault);
    return 'whole';
  }

  /** What the shared row says now. */
  async load(): Promise<void> {
    this.record = await this.store.read();
    this.readAt = performance.now();
    this.announce();
  }

  start(): void {
    this.loop.start();
  }

  wake(): void {
    this.loop.wake();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  private async confirm(): Promise<OutageError | undefined | 'unknown'> {
    const { probe } = this;
    if (!probe) return 'unknown';
    this.confirming ??= outageOf(probe).finally(() => (this.confirming = undefined));
    return this.confirming;
  }

  /** Many calls come back at once; the row needs to hear it once. */
  private open(error: OutageError): Promise<void> {
    this.opening ??= this.store
      .trip(error, this.probe?.connection)
      .then(() => this.load())
      .then(() => this.alert())
      .finally(() => {
        this.opening = undefined;
        this.told = undefined;
        this.announce();
      });
    return this.opening;
  }

  private async step(): Promise<Rest> {
    try {
      await this.load();
      await this.alert();
      if (this.isOpen) await this.probeIfDue();
      return { ms: this.restMs(), wakeable: true };
    } catch {
      // PostgreSQL is away: nobody can do anything, and what was known still holds.
      return { ms: pollMs, wakeable: false };
    }
  }

  private restMs(): number {
    if (!this.isOpen || !this.probe || this.record?.state === 'probing') return pollMs;
    return Math.max(1, Math.min(pollMs, this.record?.waitMs ?? pollMs));
  }

  private async probeIfDue(): Promise<void> {
    const { probe, record } = this;
    if (!probe || !record) return;
    // Once per process: two that run with different credentials must not call each other's failures out of turn.
    const atOnce = !this.knocked && record.connection !== null && record.connection !== probe.connection;
    if (record.waitMs > 0 && !atOnce) return;
    if (!(await this.store.claimProbe(this.id, probeLastsMs, atOnce))) return;
    this.knocked = true;
    const fault = await outageOf(probe);
    if (fault) await this.store.probeFailed(this.id, fault, probe.connection);
    else await this.store.close(this.id);
    await this.load();
  }

  private async alert(): Promise<void> {
    const { record } = this;
    if (!record || record.state === 'closed' || record.alerted || !(await this.store.claimAlert())) return;
    const code = record.code ?? 'jira.unreachable';
    const { meaning, action } = codes[code];
    this.logger.error(
      { breaker: this.name, errorCode: code, meaning, action },
      'the breaker opened: no call is made but a probe, and nothing is lost',
    );
  }

  private announce(): void {
    if (this.isOpen === this.wasOpen) return;
    this.wasOpen = this.isOpen;
    const state = this.isOpen ? 'open' : 'closed';
    this.logger.info({ breaker: this.name, state, errorCode: this.code }, 'the breaker changed');
    for (const listener of this.listeners) listener(this.isOpen);
  }
}

/** Any answer is an answer: only an outage keeps the breaker open. */
async function outageOf(probe: Probe): Promise<OutageError | undefined> {
  try {
    await probe.ask();
    return undefined;
  } catch (error) {
    return error instanceof OutageError ? error : undefined;
  }
}
