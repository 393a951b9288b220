/** What other services of ours serve below our public base. */
export type ForwardedPart = 'scim' | 'api' | 'console';

const prefixes: Record<ForwardedPart, string> = { scim: '/scim/v2', api: '/api/v1', console: '/console' };

/** @param path below our base, raw: Nest and the services route on the same text, so nobody disagrees */
export function forwardedPart(path: string): ForwardedPart | undefined {
  const parts = Object.keys(prefixes) as ForwardedPart[];
  return parts.find((part) => path === prefixes[part] || path.startsWith(`${prefixes[part]}/`));
}
