import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Instance } from '../instance.js';

/** Own prefixes, because browsers do not separate cookies by port (DESIGN 6). */
export const cookieNames = {
  session: 'SBXJIRA_JSESSIONID',
  remember: 'SBXJIRA_seraph.rememberme.cookie',
  xsrf: 'SBXJIRA_atlassian.xsrf.token',
  /** Binds a started single sign-on to the browser that started it. */
  sso: 'SBXJIRA_sso',
} as const;
type CookieName = keyof typeof cookieNames;

export function readCookie(request: FastifyRequest, name: CookieName): string | undefined {
  return request.cookies[cookieNames[name]];
}

export function setCookie(
  reply: FastifyReply,
  jira: Instance,
  name: CookieName,
  value: string,
  maxAgeMs?: number,
): void {
  void reply.setCookie(cookieNames[name], value, {
    ...attributes(jira),
    ...(maxAgeMs === undefined ? {} : { maxAge: Math.floor(maxAgeMs / 1000) }),
  });
}

export function clearCookie(reply: FastifyReply, jira: Instance, name: CookieName): void {
  void reply.clearCookie(cookieNames[name], attributes(jira));
}

function attributes(jira: Instance) {
  return {
    path: jira.contextPath || '/',
    httpOnly: true,
    // Lax, not Strict: the identity provider's redirect to the callback comes from another site.
    sameSite: 'lax',
    secure: jira.baseUrl().startsWith('https:'),
  } as const;
}
