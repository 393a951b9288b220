import { fillTemplate, placeholdersOf } from '@gatehouse/contracts';
import type { TextSource } from '@gatehouse/contracts';
import type { Claims } from './claim.js';
import { selectClaim } from './claim.js';
import { transformText } from './transform-text.js';

export type Reading = { kind: 'valid'; value: string } | { kind: 'missing' } | { kind: 'invalid' };

/** The text that a source makes of the claims: all of it, or nothing, because half a name can be another person's. */
export function readText(claims: Claims, source: TextSource): Reading {
  const read = 'claim' in source ? readClaim(claims, source.claim) : readTemplate(claims, source.template);
  if (read.kind !== 'valid' || source.transforms === undefined) return read;
  const value = transformText(read.value, source.transforms);
  if (value === undefined) return { kind: 'invalid' };
  return value === '' ? { kind: 'missing' } : { kind: 'valid', value };
}

function readClaim(claims: Claims, selector: Extract<TextSource, { claim: unknown }>['claim']): Reading {
  const value = selectClaim(claims, selector);
  if (isMissing(value)) return { kind: 'missing' };
  return typeof value === 'string' ? { kind: 'valid', value } : { kind: 'invalid' };
}

function readTemplate(claims: Claims, template: string): Reading {
  const values = placeholdersOf(template).map((name) => selectClaim(claims, name));
  if (values.some(isMissing)) return { kind: 'missing' };
  if (!values.every(isPlain)) return { kind: 'invalid' };
  return { kind: 'valid', value: fillTemplate(template, (name) => String(selectClaim(claims, name))) };
}

/**
 * For people to read: of a template whatever is there.
 * @returns undefined when nothing is
 */
export function readLoosely(claims: Claims, source: TextSource): string | undefined {
  if ('claim' in source) {
    const read = readText(claims, source);
    return read.kind === 'valid' ? read.value : undefined;
  }
  const text = (name: string) => {
    const value = selectClaim(claims, name);
    return isPlain(value) ? String(value) : '';
  };
  if (placeholdersOf(source.template).every((name) => text(name) === '')) return undefined;
  return transformText(fillTemplate(source.template, text).trim(), source.transforms);
}

/** For people to read: where a text is looked for. */
export function nameOfSource(source: TextSource): string {
  if ('template' in source) return `template ${source.template}`;
  return `claim ${typeof source.claim === 'string' ? source.claim : source.claim.join(' / ')}`;
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** Numbers are ids of people at some providers. */
function isPlain(value: unknown): value is string | number {
  return typeof value === 'string' || Number.isSafeInteger(value);
}
