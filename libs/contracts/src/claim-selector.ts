import { z } from 'zod';

const nameLengthMax = 255;
const depthMax = 8;

/**
 * Where a value is among the claims. A text is the exact name of a claim, whatever characters it has (`cognito:groups`,
 * `https://corp.example/groups`), and only if there is none of that name a path with dots (`realm_access.roles`).
 * An array of names is always a path, for names that have dots themselves.
 */
export const ClaimSelector = z.union([
  z.string().min(1).max(nameLengthMax),
  z.array(z.string().min(1).max(nameLengthMax)).min(1).max(depthMax),
]);
export type ClaimSelector = z.output<typeof ClaimSelector>;
