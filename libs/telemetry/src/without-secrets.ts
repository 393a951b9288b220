import { pino } from 'pino';

/**
 * The last line of defence: nobody should log these. Claims and bodies are not on the list,
 * because they have no fixed place: never log them at all.
 */
const neverPrinted = new Set([
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'client_secret',
  'clientSecret',
  'id_token',
  'access_token',
  'refresh_token',
  'code_verifier',
  'token',
  'secret',
]);
/** What a failed statement worked on: TypeORM keeps its parameters, PostgreSQL shows values. People and claims, that is. */
const neverPrintedOfErrors = new Set([...neverPrinted, 'parameters', 'detail', 'where']);
const depthMax = 5;
const censor = '[redacted]';

/** The same as serializers of pino's. */
export const hidden = Object.fromEntries([...neverPrinted].map((name) => [name, () => censor]));

/** What is logged, with the values of such names replaced; the same object when it holds none. */
export function withoutSecrets<Logged extends object>(
  logged: Logged,
  depth = depthMax,
  never: ReadonlySet<string> = neverPrinted,
): Logged {
  let copy: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(logged)) {
    const shown: unknown = never.has(name) ? censor : inside(value, depth, never);
    if (shown === value) continue;
    copy ??= (Array.isArray(logged) ? [...(logged as unknown[])] : { ...logged }) as Record<string, unknown>;
    copy[name] = shown;
  }
  return (copy as Logged | undefined) ?? logged;
}

function inside(value: unknown, depth: number, never: ReadonlySet<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth <= 1) return '[too deep]';
  // The errors inside of it are plain objects from here on.
  if (value instanceof Error) return withoutSecrets(pino.stdSerializers.err(value), depth - 1, neverPrintedOfErrors);
  return withoutSecrets(value, depth - 1, never);
}
