/** Milliseconds that have passed on this machine, whatever this process did meanwhile. */
export type ElapsedClock = () => number;

interface Instant {
  readonly monotonic: number;
  readonly wall: number;
}

/** The two clocks differ by less than this unless the machine slept or somebody set one. */
const sleepMs = 1_000;

/**
 * The monotonic clock runs on while a process is stopped, but not while its machine sleeps; the wall clock does, but can
 * be set back. A gap that only the wall clock shows is counted: at worst a lease is renewed too early.
 */
export function elapsedClock(now: () => Instant = thisMachine): ElapsedClock {
  let last = now();
  let elapsed = 0;
  return () => {
    const next = now();
    const monotonic = next.monotonic - last.monotonic;
    const wall = next.wall - last.wall;
    elapsed += wall - monotonic > sleepMs ? wall : monotonic;
    last = next;
    return elapsed;
  };
}

function thisMachine(): Instant {
  return { monotonic: performance.now(), wall: Date.now() };
}
