import { Foundation1763900000000 } from './0001-foundation.js';
import { Lanes1763900020000 } from './0002-lanes.js';
import { Operations1763900030000 } from './0003-operations.js';
import { LeasesAndRemap1763900040000 } from './0004-leases-and-remap.js';
import { ConsoleAccess1763900050000 } from './0005-console-access.js';
import { ProvidersAndSessions1763900060000 } from './0006-providers-and-sessions.js';
import { SigningOut1763900072000 } from './0007-signing-out.js';
import { Ledger1763900080000 } from './0008-ledger.js';
import { DriftSweep1763900090000 } from './0009-drift-sweep.js';
import { Explaining1763900100000 } from './0010-explaining.js';

/** Applied in this order; never edited once released. */
export const migrations = [
  Foundation1763900000000,
  Lanes1763900020000,
  Operations1763900030000,
  LeasesAndRemap1763900040000,
  ConsoleAccess1763900050000,
  ProvidersAndSessions1763900060000,
  SigningOut1763900072000,
  Ledger1763900080000,
  DriftSweep1763900090000,
  Explaining1763900100000,
];
