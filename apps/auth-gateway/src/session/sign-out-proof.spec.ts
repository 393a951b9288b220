import { describe, expect, it } from '@jest/globals';
import { provesSignOut, signOutProof } from './sign-out-proof.js';

const now = 1_800_000_000;

describe("O45 the proof that Jira ended this browser's session", () => {
  it('holds for a minute, for this session', () => {
    const proof = signOutProof('secret', now);
    expect(provesSignOut(proof, 'secret', now)).toBe(true);
    expect(provesSignOut(proof, 'secret', now + 60)).toBe(true);
    expect(provesSignOut(proof, 'secret', now + 61)).toBe(false);
    expect(provesSignOut(proof, 'secret', now - 1)).toBe(false);
    expect(provesSignOut(proof, 'another', now)).toBe(false);
  });

  it.each([undefined, '', 'x', [], `${now}.`, `${now}.${'A'.repeat(43)}`])('is not %p', (proof) => {
    expect(provesSignOut(proof, 'secret', now)).toBe(false);
  });
});
