import { z } from 'zod';

/** Where a page of a list by time ended. Times as PostgreSQL writes them: with microseconds, which a Date would lose. */
export interface PagePosition {
  readonly at: string;
  readonly id: string;
}

/** Of `to_char`, in SQL: the same text whatever DateStyle and time zone say. */
export const positionTime = `to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

export const loginPosition = positionText(z.uuid());
export const auditPosition = positionText(z.string().regex(/^\d{1,19}$/));

export function textOf({ at, id }: PagePosition): string {
  return `${at} ${id}`;
}

export function parsePosition(text: string): PagePosition {
  const [at = '', id = ''] = text.split(' ');
  return { at, id };
}

/** PostgreSQL has no year 0 (ISO 8601 has): it would answer with an error of its own. */
export function isPositionTime(text: string): boolean {
  return z.iso.datetime().safeParse(text).success && !text.startsWith('0000');
}

function positionText(id: z.ZodType<string>): z.ZodType<string> {
  return z.string().refine((text) => {
    const position = parsePosition(text);
    return isPositionTime(position.at) && id.safeParse(position.id).success;
  });
}
