/**
 * The end of one method, re-reads included. A signal alone would not do: a process that was stopped finds its sockets
 * ready before its timers have fired, and would send the next call of a method whose time is long over.
 */
export class Deadline {
  readonly signal: AbortSignal;
  private readonly at: number;

  constructor(withinMs: number) {
    this.at = performance.now() + withinMs;
    this.signal = AbortSignal.timeout(withinMs);
  }

  get leftMs(): number {
    return this.at - performance.now();
  }

  get isOver(): boolean {
    return this.leftMs <= 0;
  }
}
