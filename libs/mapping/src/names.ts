import type { TextSource } from '@gatehouse/contracts';
import type { Claims } from './claim.js';
import { readText } from './read-text.js';
import type { Reading } from './read-text.js';

const usernameLengthMax = 255;
const emailLengthMax = 255;
const displayNameLengthMax = 255;

/** Control, format (bidi overrides, zero-width), surrogate and private-use characters, line and paragraph separators. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

/** Jira refuses the first three. A slash cannot be sent in a path of its REST interface, not even encoded. */
const refusedInUsernames = /[<>&/\\]/;

/** No quoted local parts, comments or lists: one plain address, or none. */
const emailShape = /^[^\s@"<>(),;:\\[\]]{1,64}@(?!\.)[^\s@"<>(),;:\\[\]]{1,190}(?<!\.)$/u;

const bidiAndControl = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Without any of these NFC is the name itself, and so is that of its lower case. */
const beyondAscii = /[^\0-\x7f]/;

/** How Jira compares names of users and groups: NFC, and lower case that does not depend on any locale. */
export function foldName(name: string): string {
  if (!beyondAscii.test(name)) return name.toLowerCase();
  return name.normalize('NFC').toLowerCase().normalize('NFC');
}

/**
 * Addresses are equal when they differ in the case of ASCII letters only. Wider folding is an attack:
 * the Kelvin sign lower-cases (and normalises) to `k`, so another mailbox would pass for this one.
 */
export function sameEmail(one: string, other: string): boolean {
  return foldEmail(one) === foldEmail(other);
}

function foldEmail(email: string): string {
  return email.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Never repaired silently, apart from NFC: a repaired name could be another person's. */
export function readUsername(claims: Claims, source: TextSource): Reading {
  const text = readText(claims, source);
  if (text.kind !== 'valid') return text;
  const value = text.value.normalize('NFC');
  const acceptable =
    value.length <= usernameLengthMax &&
    value.trim() === value &&
    value !== '.' &&
    value !== '..' &&
    !invisible.test(value) &&
    !refusedInUsernames.test(value);
  return acceptable ? { kind: 'valid', value } : { kind: 'invalid' };
}

export function readEmail(claims: Claims, source: TextSource): Reading {
  const text = readText(claims, source);
  if (text.kind !== 'valid') return text;
  const { value } = text;
  const acceptable = value.length <= emailLengthMax && emailShape.test(value) && !invisible.test(value);
  return acceptable ? text : { kind: 'invalid' };
}

/** A display name is for people to read: what could mislead them is left out, and nothing readable gives undefined. */
export function readDisplayName(parts: readonly unknown[]): string | undefined {
  const name = parts
    .filter((part) => typeof part === 'string')
    .map((part) => part.normalize('NFC').replace(bidiAndControl, ' ').trim())
    .filter((part) => part !== '')
    .join(' ')
    .replace(/\s+/gu, ' ');
  return name === '' || name.length > displayNameLengthMax ? undefined : name;
}
