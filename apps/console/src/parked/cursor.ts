import { z } from 'zod';
import { RequestInvalidError } from '../api/request-invalid.js';

/** A cursor is opaque to callers, so that what is inside can change. */
export function cursorOf(position: string): string {
  return Buffer.from(position).toString('base64url');
}

/** @throws RequestInvalidError for anything that is no cursor of ours: starting over at the first page would look like a loop */
export function positionOf(cursor: string, kind: z.ZodType<string> = z.uuid()): string {
  const position = kind.safeParse(Buffer.from(cursor, 'base64url').toString());
  if (position.success) return position.data;
  throw new RequestInvalidError([{ path: 'after', message: 'not a cursor of this list' }]);
}
