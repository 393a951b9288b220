import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { withoutBasePath } from '@gatehouse/runtime';
import type { Front } from '@gatehouse/runtime';
import { currentTraceId, LOGGER, newTraceId } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { GatewayCookies } from './cookies/gateway.cookies.js';
import { ownCookiePrefix } from './cookies/own-cookies.js';
import { SignOutCookies } from './cookies/sign-out.cookies.js';
import { createEdge } from './edge/index.js';
import type { AfterJiraSignOut, Edge } from './edge/index.js';
import { ServiceForwarder } from './forward/service.forwarder.js';
import { problemPage } from './pages/problem-page.js';
import { pageHeaders } from './pages/security-headers.js';
import { PageSurroundings } from './pages/surroundings.service.js';
import { OpFront } from './provider/op.front.js';
import { signOutProof } from './session/sign-out-proof.js';

/** Who gets a request: the OP, another service of ours, Nest (everything else below our base path), or Jira. */
@Injectable()
export class GatewayFront implements Front, OnModuleDestroy {
  private readonly edge: Edge;
  private readonly basePath: string;

  constructor(
    @Inject(CONFIG) { basePath, jira, publicUrl }: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly op: OpFront,
    private readonly services: ServiceForwarder,
    private readonly cookies: GatewayCookies,
    private readonly signOutCookies: SignOutCookies,
    private readonly surroundings: PageSurroundings,
  ) {
    this.basePath = basePath;
    this.edge = createEdge({
      jiraUrl: jira.url,
      publicUrl,
      ownCookiePrefixes: [ownCookiePrefix],
      logger,
      afterJiraSignOut: (cookies) => this.afterJiraSignOut(cookies),
    });
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.edge.close(), this.services.close()]);
  }

  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const [path, query] = partsOf(request);
    const atConsole = this.services.isAtConsole(request);
    if (atConsole || this.isOurs(path)) {
      const inside = withoutBasePath(path, this.basePath);
      if (this.services.handle(request, response, inside, query)) return true;
      if (this.op.takes(path)) this.op.handle(request, response);
      else if (isMalformed(path) && wantsPage(request)) this.refuse(response);
      else return false;
    } else this.edge.handle(request, response);
    return true;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    if (this.services.isAtConsole(request) || this.isOurs(partsOf(request)[0])) return false;
    this.edge.upgrade(request, socket, head);
    return true;
  }

  /**
   * Whoever signs out in Jira's way signs out of ours too, and of the provider. With no session of ours there is nothing
   * to end, but the next sign-in must not happen by itself all the same (D8): Jira remembers people by a cookie of its own.
   */
  private afterJiraSignOut(cookies: string | undefined): AfterJiraSignOut {
    const token = this.cookies.session({ headers: { cookie: cookies } });
    if (token === undefined) return { setCookie: this.signOutCookies.signedOutCookie('jira-too') };
    return { location: `${this.basePath}/logout?proof=${signOutProof(token, Math.floor(Date.now() / 1000))}` };
  }

  /** Fastify would answer it with a line of JSON that repeats the address. */
  private refuse(response: ServerResponse): void {
    const reference = currentTraceId() ?? newTraceId();
    this.logger.warn({ error: 'login.request_refused', reference }, 'an address is not valid text');
    const page = problemPage({ code: 'login.request_refused', reference }, this.surroundings.current());
    response
      .writeHead(page.status, { ...pageHeaders(page), 'content-type': 'text/html; charset=utf-8' })
      .end(page.body);
  }

  /** Raw, as the browser sent it: Nest routes on the same text, so the two never disagree. */
  private isOurs(path: string): boolean {
    return path === this.basePath || path.startsWith(`${this.basePath}/`);
  }
}

function partsOf({ url = '/' }: IncomingMessage): [path: string, query: string] {
  const query = url.indexOf('?');
  return query === -1 ? [url, ''] : [url.slice(0, query), url.slice(query)];
}

function isMalformed(path: string): boolean {
  try {
    decodeURIComponent(path);
    return false;
  } catch {
    return true;
  }
}

function wantsPage({ headers }: IncomingMessage): boolean {
  return headers.accept?.toLowerCase().includes('text/html') === true;
}
