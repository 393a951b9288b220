import { z } from 'zod';

/** A secret is given literally or as `{ env: NAME }`; it is stored encrypted and never exported. */
export const SecretValue = z.union([
  z.string().min(1).max(16_384),
  z.strictObject({
    env: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'must be the name of an environment variable: capitals, digits and _'),
  }),
]);
export type SecretValue = z.output<typeof SecretValue>;
