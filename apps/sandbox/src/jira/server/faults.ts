import { z } from 'zod';

const Match = z.strictObject({
  method: z.string().optional(),
  /** Below the context path. */
  pathPrefix: z.string().optional(),
  /** One of a cluster, the first is 1. Left out: each. */
  node: z.number().int().min(1).max(8).optional(),
});

/**
 * `status`: answers `status` (default 503). `html`: 200 with a login page, as a proxy in front of Jira would.
 * `redirect`: 302 to the login page. `slow`: answers after `delayMs` (default 1000). `timeout`: never answers.
 * `half-open`: begins an answer and never ends it. `reset`: cuts the connection unanswered. `reset-after`: does the
 * work, then cuts the connection. `ratelimit`: 429. `down`: cuts every connection. `anonymous`: 200 as to a visitor, with
 * nothing in it, whatever the credential. `empty`: 200 without a body after a failed login (JRA-41559).
 */
export const Fault = z.strictObject({
  kind: z.enum([
    'status',
    'html',
    'redirect',
    'slow',
    'timeout',
    'half-open',
    'reset',
    'reset-after',
    'ratelimit',
    'down',
    'anonymous',
    'empty',
  ]),
  match: Match.default({}),
  status: z.number().int().min(400).max(599).default(503),
  delayMs: z.number().int().min(0).max(600_000).default(1_000),
  /** Null: a 429 without the header, as a proxy may answer. */
  retryAfterSeconds: z.number().int().min(0).nullable().default(1),
  /** Strikes so often and is gone. Default: until cleared. */
  times: z.number().int().min(1).optional(),
  /** Strikes with this chance: 0.3 is a share of 30 %. */
  probability: z.number().min(0).max(1).default(1),
});
export type Fault = z.infer<typeof Fault>;

/** A list replaces what is set; an empty list clears. */
export const FaultRequest = z.union([
  z.array(Fault).max(100),
  z.strictObject({ faults: z.array(Fault).max(100) }),
  z.strictObject({ clear: z.literal(true) }),
]);
export type FaultRequest = z.infer<typeof FaultRequest>;

interface Armed {
  readonly fault: Fault;
  left: number;
}

/** The faults that are set, in order; the first that matches strikes. */
export class Faults {
  private armed: Armed[] = [];

  constructor(private readonly random: () => number = Math.random) {}

  set(faults: readonly Fault[]): void {
    this.armed = faults.map((fault) => ({ fault, left: fault.times ?? Infinity }));
  }

  list(): Fault[] {
    return this.armed.map(({ fault }) => fault);
  }

  /** @param node whose turn the request is, from 0 on */
  strike(method: string, path: string, node: number): Fault | undefined {
    const hit = this.armed.find(({ fault }) => matches(fault, method, path, node) && this.random() < fault.probability);
    if (!hit) return undefined;
    hit.left -= 1;
    if (hit.left <= 0) this.armed = this.armed.filter((armed) => armed !== hit);
    return hit.fault;
  }
}

function matches({ match }: Fault, method: string, path: string, node: number): boolean {
  if (match.node !== undefined && match.node !== node + 1) return false;
  if (match.method !== undefined && match.method.toUpperCase() !== method) return false;
  return path.startsWith(match.pathPrefix ?? '');
}
