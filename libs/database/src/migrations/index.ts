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
import { Directory1763900110000 } from './0011-directory.js';
import { Deactivation1763900120000 } from './0012-deactivation.js';
import { Plans1763900130000 } from './0013-plans.js';
import { Renames1763900140000 } from './0014-renames.js';
import { ResyncAndClaims1763900160000 } from './0016-resync-and-claims.js';
import { Entries1763900170000 } from './0017-entries.js';
import { ScimTokens1763900180000 } from './0018-scim-tokens.js';
import { EmailAddresses1763900190000 } from './0019-email-addresses.js';
import { DirectoryLinks1763900200000 } from './0020-directory-links.js';
import { Cleanups1763900220000 } from './0022-cleanups.js';
import { Decisions1763900240000 } from './0024-decisions.js';
import { DirectorySyncs1763900290000 } from './0029-directory-syncs.js';
import { EmailKeys1763900300000 } from './0030-email-keys.js';
import { UnusedSince1763900310000 } from './0031-unused-since.js';
import { RotatedScimTokens1763900320000 } from './0032-rotated-scim-tokens.js';
import { RefusedLogins1763900330000 } from './0033-refused-logins.js';
import { ParkedByKey1763900340000 } from './0034-parked-by-key.js';
import { KeptUsers1763900350000 } from './0035-kept-users.js';
import { LastRequestOfAProvider1763900360000 } from './0036-last-request-of-a-provider.js';
import { MeetingsByTime1763900370000 } from './0037-meetings-by-time.js';
import { GonePeople1763900380000 } from './0038-gone-people.js';

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
  Directory1763900110000,
  Deactivation1763900120000,
  Plans1763900130000,
  Renames1763900140000,
  ResyncAndClaims1763900160000,
  Entries1763900170000,
  ScimTokens1763900180000,
  EmailAddresses1763900190000,
  DirectoryLinks1763900200000,
  Cleanups1763900220000,
  Decisions1763900240000,
  DirectorySyncs1763900290000,
  EmailKeys1763900300000,
  UnusedSince1763900310000,
  RotatedScimTokens1763900320000,
  RefusedLogins1763900330000,
  ParkedByKey1763900340000,
  KeptUsers1763900350000,
  LastRequestOfAProvider1763900360000,
  MeetingsByTime1763900370000,
  GonePeople1763900380000,
];
