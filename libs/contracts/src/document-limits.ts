import type { Contradiction } from './provider-contradictions.js';

/** What is said of one of them costs time, and nobody signs in with so many. */
export const providersMax = 200;
export const mappingsMax = 200;

/**
 * What is refused before anything of a document is parsed: more than can be looked at in a bounded time, and names that
 * JavaScript gives a meaning of its own.
 */
export function documentRefusals(document: unknown): readonly Contradiction[] {
  const tooMany = [...tooManyIn(document, 'providers', providersMax), ...tooManyIn(document, 'mappings', mappingsMax)];
  return tooMany.length > 0 ? tooMany : prototypeKeys(document);
}

function tooManyIn(document: unknown, part: string, max: number): readonly Contradiction[] {
  const members = isObject(document) && Object.hasOwn(document, part) ? (document as Members)[part] : undefined;
  if (!isObject(members) || Array.isArray(members)) return [];
  const count = Object.keys(members).length;
  return count > max ? [{ path: [part], message: `must have at most ${max} entries, and has ${count}` }] : [];
}

/** The schemas drop such a key without a word, and nothing is ever dropped silently. Each part is looked at once. */
function prototypeKeys(document: unknown): readonly Contradiction[] {
  const found: Contradiction[] = [];
  const seen = new Set<object>();
  const waiting: { readonly value: unknown; readonly path: Contradiction['path'] }[] = [{ value: document, path: [] }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value, path } = next;
    if (!isObject(value) || seen.has(value)) continue; // An alias of YAML is the same object again.
    seen.add(value);
    const inner: typeof waiting = [];
    for (const [key, member] of entriesOf(value)) {
      if (key === '__proto__')
        found.push({ path: [...path, key], message: 'this name cannot be used: choose another' });
      else if (isObject(member)) inner.push({ value: member, path: [...path, key] });
    }
    waiting.push(...inner.reverse());
  }
  return found;
}

type Members = Readonly<Record<string, unknown>>;

function entriesOf(value: object): readonly (readonly [string | number, unknown])[] {
  return Array.isArray(value) ? [...(value as unknown[]).entries()] : Object.entries(value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
