import { Foundation1763900000000 } from './0001-foundation.js';
import { ConsoleAccess1763900050000 } from './0005-console-access.js';

/** Applied in this order; never edited once released. */
export const migrations = [Foundation1763900000000, ConsoleAccess1763900050000];
