import { randomBytes, randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { checkAuthorization, redirectWith, singleValues } from './authorization-request.js';
import type { AuthorizationCheck, AuthorizationRequest } from './authorization-request.js';
import { equalInConstantTime } from './client-authentication.js';
import { seconds } from './context.js';
import type { IdpContext, LoginSession } from './context.js';
import { lifetimes } from './options.js';
import { errorPage, homePage, loginPage } from './pages.js';
import type { LoginPage } from './pages.js';
import { sendPage } from './send-page.js';

/** Browsers share cookies across ports, so the names say whose they are. */
export const cookieNames = { session: 'SBXIDP_session', xsrf: 'SBXIDP_XSRF-TOKEN' } as const;
const cookie = { path: '/', httpOnly: true, sameSite: 'lax' } as const;

/** What a browser sees of the hosted domain, but for /logout. */
export function loginRoutes(app: FastifyInstance, context: IdpContext): void {
  const { clients, sites } = context;
  app.get('/', { config: { site: 'domain' } }, (_, reply) => sendPage(reply, 200, homePage(sites.issuer)));

  app.get('/oauth2/authorize', { config: { endpoint: 'authorize', site: 'domain' } }, (request, reply) =>
    passed(reply, checkAuthorization(request.query, clients), (authorization) => {
      const session = sessionOf(context, request);
      if (session && !authorization.prompt.includes('login')) {
        return reply.redirect(codeRedirect(context, authorization, session));
      }
      const { redirectUri, state, prompt } = authorization;
      if (prompt.includes('none')) return reply.redirect(redirectWith(redirectUri, { error: 'login_required', state }));
      return reply.redirect(loginAddress(request));
    }),
  );

  app.get('/login', { config: { endpoint: 'login', site: 'domain' } }, (request, reply) =>
    passed(reply, checkAuthorization(request.query, clients), (authorization) =>
      showForm(request, reply, { clientName: authorization.client.name, username: authorization.loginHint ?? '' }),
    ),
  );

  app.post('/login', { config: { endpoint: 'login', site: 'domain' } }, (request, reply) =>
    passed(reply, checkAuthorization(request.query, clients), (authorization) =>
      signIn(context, authorization, request, reply),
    ),
  );
}

function signIn(
  context: IdpContext,
  authorization: AuthorizationRequest,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const { _csrf = '', username = '', password = '' } = singleValues(request.body) ?? {};
  // Without it another site could sign a visitor in as somebody else (login CSRF).
  if (!equalInConstantTime(_csrf, request.cookies[cookieNames.xsrf] ?? randomUUID())) {
    return sendPage(
      reply,
      403,
      errorPage('invalid_csrf_token', 'This form has expired. Go back to the application and sign in again.'),
    );
  }
  const person = context.people.find(username);
  if (!person || !equalInConstantTime(password, person.password)) {
    const problem = 'Incorrect username or password.';
    return showForm(request, reply, { clientName: authorization.client.name, username, problem }, 400);
  }
  if (person.disabled) {
    return showForm(
      request,
      reply,
      { clientName: authorization.client.name, username, problem: 'User is disabled.' },
      400,
    );
  }
  const session: LoginSession = { username: person.username, authTime: seconds(context.now()) };
  context.memory.sessions.delete(request.cookies[cookieNames.session]);
  // A fresh session id at every sign-in, so a cookie planted before it can never become a signed-in one.
  reply.setCookie(cookieNames.session, context.memory.sessions.put(session), {
    ...cookie,
    maxAge: lifetimes.sessionMs / 1000,
  });
  return reply.redirect(codeRedirect(context, authorization, session));
}

function codeRedirect(context: IdpContext, request: AuthorizationRequest, session: LoginSession): string {
  const { client, redirectUri, scopes, nonce, codeChallenge, state } = request;
  const { username, authTime } = session;
  const grant = { client, username, scopes, nonce, authTime, originJti: randomUUID() };
  const code = context.memory.codes.put({ grant, redirectUri, codeChallenge });
  return redirectWith(redirectUri, { code, state });
}

/** A session of somebody who has been disabled since is none. */
function sessionOf({ memory, people }: IdpContext, request: FastifyRequest): LoginSession | undefined {
  const session = memory.sessions.get(request.cookies[cookieNames.session]);
  return session && people.find(session.username)?.disabled === false ? session : undefined;
}

function passed(
  reply: FastifyReply,
  check: AuthorizationCheck,
  proceed: (request: AuthorizationRequest) => FastifyReply,
): FastifyReply {
  switch (check.kind) {
    case 'request':
      return proceed(check.request);
    case 'redirect':
      return reply.redirect(check.location);
    case 'page':
      return sendPage(reply, 400, errorPage(check.error, check.explanation));
  }
}

function showForm(
  request: FastifyRequest,
  reply: FastifyReply,
  form: Pick<LoginPage, 'clientName' | 'username'> & { problem?: string },
  status = 200,
): FastifyReply {
  // One token for the browser, so that the forms of two tabs both stay good.
  const xsrfToken = request.cookies[cookieNames.xsrf] ?? randomBytes(32).toString('base64url');
  reply.setCookie(cookieNames.xsrf, xsrfToken, cookie);
  return sendPage(reply, status, loginPage({ problem: undefined, ...form, action: loginAddress(request), xsrfToken }));
}

/** The login form with the parameters of the request at hand. */
export function loginAddress(request: FastifyRequest): string {
  return `/login?${new URLSearchParams(singleValues(request.query)).toString()}`;
}
