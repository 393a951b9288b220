import type { Conditions } from './preconditions.js';

/** Who changes something, and on which condition. */
export interface WriteOrder extends Conditions {
  readonly provider: string;
  readonly traceId: string;
}
