import { z } from 'zod';

/** One id from the browser's click to the Jira call: 32 lower-case hex digits, as in W3C Trace Context. */
export const TraceId = z.string().regex(/^[0-9a-f]{32}$/, 'a trace id is 32 lower-case hex digits');
export type TraceId = z.output<typeof TraceId>;
