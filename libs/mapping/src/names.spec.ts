import { describe, expect, it } from '@jest/globals';
import { foldName, sameEmail } from './names.js';

describe('foldName', () => {
  it.each([
    ['Ada', 'ADA'],
    ['Zo\u00eb', 'zoe\u0308'],
    ['ŁUCJA', 'łucja'],
    ['\u212a', 'k'],
  ])('takes %s and %s for one name', (one, other) => expect(foldName(one)).toBe(foldName(other)));

  it('keeps different names apart', () => {
    expect(foldName('ada')).not.toBe(foldName('аda'));
    expect(foldName('ı')).not.toBe(foldName('i'));
    expect(foldName('straße')).not.toBe(foldName('strasse'));
  });

  it('is stable: folding twice changes nothing', () => {
    for (let code = 0x20; code < 0x2fff; code += 1) {
      const once = foldName(String.fromCodePoint(code));
      expect(foldName(once)).toBe(once);
    }
  });
});

describe('sameEmail', () => {
  it('ignores the case of ASCII letters', () => {
    expect(sameEmail('Ada@Example.COM', 'ada@example.com')).toBe(true);
  });

  it.each([
    ['the Kelvin sign', 'mike@example.com', 'mi\u212ae@example.com'],
    ['a dotless i', 'mike@example.com', 'm\u0131ke@example.com'],
    ['fullwidth letters', 'ada@example.com', 'ada@\uff45xample.com'],
    ['Cyrillic', 'ada@example.com', 'аda@example.com'],
    ['a plus-address', 'ada@example.com', 'ada+x@example.com'],
  ])('O57 does not let %s pass for another mailbox', (_, one, other) => expect(sameEmail(one, other)).toBe(false));
});
