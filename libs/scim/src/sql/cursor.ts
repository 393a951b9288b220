import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { badRequest } from '../scim-error.js';
import { countStatement } from './page.js';
import type { ListRequest } from './page.js';

/** The last row of a page. */
export interface Position {
  readonly key: string | null;
  readonly id: string;
}

export interface CursorSeal {
  /** Signs cursors: nobody can be shown a place that was not given to them. */
  readonly secret: Uint8Array;
  readonly now: Date;
  readonly timeoutSeconds: number;
}

const lengthMax = 4096;
const signatureBytes = 16;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A cursor belongs to one question of one provider: with another filter or order it leads nowhere. */
export function sealCursor(
  position: Position,
  request: ListRequest,
  { secret, now, timeoutSeconds }: CursorSeal,
): string {
  const ends = Math.floor(now.getTime() / 1000) + timeoutSeconds;
  const body = Buffer.from(JSON.stringify([position.id, position.key, ends]));
  return Buffer.concat([sign(body, request, secret), body]).toString('base64url');
}

/** @throws ScimError invalidCursor or expiredCursor (RFC 9865 2.2) */
export function openCursor(cursor: string, request: ListRequest, { secret, now }: CursorSeal): Position {
  const sealed = Buffer.from(cursor.length > lengthMax ? '' : cursor, 'base64url');
  const signature = sealed.subarray(0, signatureBytes);
  const body = sealed.subarray(signatureBytes);
  const isOurs = body.length > 0 && timingSafeEqual(signature, sign(body, request, secret));
  if (!isOurs) throw badRequest('invalidCursor', 'this cursor was not given for this query');
  const [id, key, ends] = read(body);
  if (now.getTime() / 1000 > ends) throw badRequest('expiredCursor', 'this cursor is too old: begin again without one');
  return { id, key };
}

function read(body: Buffer): readonly [string, string | null, number] {
  const parts: unknown = JSON.parse(body.toString());
  if (Array.isArray(parts)) {
    const [id, key, ends] = parts as unknown[];
    const isKey = key === null || typeof key === 'string';
    if (typeof id === 'string' && uuid.test(id) && isKey && typeof ends === 'number') return [id, key, ends];
  }
  throw badRequest('invalidCursor', 'a cursor of another version: begin again without one');
}

function sign(body: Uint8Array, request: ListRequest, secret: Uint8Array): Buffer {
  const { text, values } = countStatement(request);
  const { sort } = request;
  const question = JSON.stringify([text, values, sort?.by.toLowerCase() ?? '', sort?.descending ?? false]);
  const digest = createHash('sha256').update(question).digest();
  return createHmac('sha256', secret).update(digest).update(body).digest().subarray(0, signatureBytes);
}
