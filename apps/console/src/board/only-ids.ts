const hidden = '[hidden]';
const idPattern = /^[0-9a-f][0-9a-f-]{7,63}$/i;
const providerKeyPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;

/**
 * What the board may show of a payload. Contracts allow ids only; this holds too for a job that somebody else wrote
 * into the store, or that a newer version wrote.
 */
export function onlyIds(payload: unknown): Readonly<Record<string, unknown>> {
  if (typeof payload !== 'object' || payload === null) return {};
  return Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, isId(name, value) ? value : hidden]));
}

function isId(name: string, value: unknown): boolean {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return true;
  if (typeof value !== 'string') return false;
  return idPattern.test(value) || (name === 'provider' && providerKeyPattern.test(value));
}
