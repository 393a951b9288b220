import type { Cores } from '../cores.js';
import type { Report } from '../queue/figures.js';
import type { BareClient } from './bare.js';
import type { Known } from './directory.js';
import type { ReconcileInstallation } from './installation.js';
import type { Shape } from './people.js';

export interface Setting {
  readonly installation: ReconcileInstallation;
  readonly shape: Shape;
  /** With the groups they claim now. */
  readonly people: Known[];
  readonly report: Report;
  readonly bare: BareClient;
  readonly cores: Cores | undefined;
  readonly isSmoke: boolean;
}

export const latencyMs = 20;
/** Between one person and the next, where people come one at a time. */
export const restMs = 30;
