/**
 * How much of a fault, load or property test is run: 1 is the whole of it (`npm run test:long`), the default is a
 * short form that fits into every test run. Set by TEST_SCALE.
 */
export const testScale = Number(process.env['TEST_SCALE'] || 0.1);

/** `count` at full scale, proportionally fewer in the short form, never fewer than `atLeast`. */
export function scaled(count: number, atLeast: number): number {
  return Math.max(atLeast, Math.round(count * testScale));
}
