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
const depthMax = 5;

/** What is logged, with the values of such names replaced; the same object when it holds none. Errors are serialized first. */
export function withoutSecrets<Logged extends object>(logged: Logged, depth = depthMax): Logged {
  let copy: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(logged)) {
    const shown: unknown = neverPrinted.has(name) ? '[redacted]' : inside(value, depth);
    if (shown === value) continue;
    copy ??= (Array.isArray(logged) ? [...(logged as unknown[])] : { ...logged }) as Record<string, unknown>;
    copy[name] = shown;
  }
  return (copy as Logged | undefined) ?? logged;
}

function inside(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  return depth > 1 ? withoutSecrets(value, depth - 1) : '[too deep]';
}
