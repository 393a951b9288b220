import { badRequest } from '../scim-error.js';
import type { ScimType } from '../scim-error.js';

export interface Token {
  readonly kind: 'word' | 'text' | 'number' | '(' | ')' | '[' | ']' | 'end';
  /** Of `text` the text that is meant, of the others what stands there. */
  readonly text: string;
  readonly at: number;
}

const lengthMax = 8 * 1024;

/** `.value` after a bracket is a word too. */
const word = /[A-Za-z.$_][A-Za-z0-9.$_:-]*/y;
const number = /-?(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?(?![A-Za-z0-9.$_:-])/y;
const quoted = /"(?:[^"\\]|\\.)*"/sy;
const space = /[ \t\r\n]+/y;
const notStorable = /[\u0000\p{Cs}]/u; // eslint-disable-line no-control-regex -- NUL is what is looked for.

/** The words of a filter or of a path of PATCH. Errors are of the given type and name the place. */
export function tokenize(source: string, errorType: ScimType): Token[] {
  if (source.length > lengthMax) throw badRequest(errorType, `longer than ${lengthMax} characters`);
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const blank = match(space, source, at);
    if (blank === undefined) tokens.push(tokenAt(source, at, errorType));
    at += blank === undefined ? widthOf(tokens.at(-1)!, source) : blank.length;
  }
  tokens.push({ kind: 'end', text: '', at });
  return tokens;
}

export function misplaced(token: Token, expected: string, errorType: ScimType): Error {
  const found = token.kind === 'end' ? 'it ends' : 'something else stands there';
  return badRequest(errorType, `at character ${token.at + 1}: ${expected} expected, ${found}`);
}

function tokenAt(source: string, at: number, errorType: ScimType): Token {
  const sign = source[at]!;
  if (sign === '(' || sign === ')' || sign === '[' || sign === ']') return { kind: sign, text: sign, at };
  if (sign === '"') return { kind: 'text', text: readText(source, at, errorType), at };
  const digits = match(number, source, at);
  if (digits !== undefined) return { kind: 'number', text: digits, at };
  const name = match(word, source, at);
  if (name !== undefined) return { kind: 'word', text: name, at };
  throw badRequest(errorType, `at character ${at + 1}: a sign that has no meaning here`);
}

function readText(source: string, at: number, errorType: ScimType): string {
  const literal = match(quoted, source, at);
  if (literal === undefined) throw badRequest(errorType, `at character ${at + 1}: a text that does not end`);
  const text = decode(literal, at, errorType);
  if (notStorable.test(text))
    throw badRequest('invalidValue', `at character ${at + 1}: a text with NUL or half a pair`);
  return text;
}

/** Texts are JSON's (RFC 7644 3.4.2.2), escapes included. */
function decode(literal: string, at: number, errorType: ScimType): string {
  try {
    return String(JSON.parse(literal));
  } catch (cause) {
    throw badRequest(
      errorType,
      `at character ${at + 1}: a text with an escape or a control character that JSON does not know`,
      cause,
    );
  }
}

function widthOf(token: Token, source: string): number {
  return token.kind === 'text' ? match(quoted, source, token.at)!.length : token.text.length;
}

function match(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}
