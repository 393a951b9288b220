import { isObject } from '../json.js';
import type { Json, JsonObject } from '../json.js';
import { refuseNotStorable } from './guard-json.js';

const lengthMax = 4096;

/** Entra sends an application role as JSON within a text: `"{\"id\":\"...\",\"value\":\"admin\",\"displayName\":\"Admin\"}"` (E7). */
export function readRoleText(raw: Json): Json {
  if (typeof raw === 'string') return parseRole(raw) ?? raw;
  if (!isObject(raw)) return raw;
  const { value, displayName, ...others } = raw;
  const role = typeof value === 'string' ? parseRole(value) : undefined;
  const display = typeof displayName === 'string' ? { display: displayName } : {};
  return { ...display, ...others, ...(value !== undefined && { value }), ...role };
}

function parseRole(text: string): JsonObject | undefined {
  if (!text.startsWith('{') || text.length > lengthMax) return undefined;
  const role = parse(text);
  if (!isObject(role) || typeof role['value'] !== 'string') return undefined;
  const { value, displayName: display } = role;
  // What was an escape when the body was guarded is a character by now.
  for (const decoded of [value, display]) if (typeof decoded === 'string') refuseNotStorable(decoded);
  return { value, ...(typeof display === 'string' && { display }) };
}

/** A role may have a name that only looks like JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
