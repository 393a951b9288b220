import { Foundation1763900000000 } from './0001-foundation.js';

/** Applied in this order; never edited once released. */
export const migrations = [Foundation1763900000000];
