import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { Turns } from '@gatehouse/messaging';
import type { Front } from '@gatehouse/runtime';
import { ScimError } from '@gatehouse/scim';
import { currentTraceId, LOGGER, newTraceId } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { bearerToken } from './access/bearer-token.js';
import { mayWait } from './access/may-wait.js';
import { BodyBudget } from './access/body-budget.js';
import { RequestShares } from './access/request-shares.js';
import { Quotas } from './access/quotas.service.js';
import { Tenants } from './access/tenants.store.js';
import type { Tenant } from './access/tenants.store.js';
import { send } from './http/answer.js';
import type { Answer } from './http/answer.js';
import { asScimError, errorAnswer } from './http/error-answer.js';
import { HttpError } from './http/http-error.js';
import { jsonOf } from './http/json-body.js';
import { belowBase, segmentsOf } from './http/path-of.js';
import { readBody } from './http/read-body.js';
import { ScimRouter } from './scim.router.js';

/** Beyond it there is a 503, not a queue that grows: every one of them may hold a body. */
const requestsMax = 500;
const requestsOfProviderMax = 250;

interface Authorized {
  readonly segments: readonly string[];
  readonly query: string;
  readonly tenant: Tenant;
  readonly traceId: string;
  readonly body: Buffer | undefined;
}

/**
 * SCIM before Nest sees it: errors in SCIM's form from the first byte on, bodies bounded before they are read, and no
 * interceptors between a request and its statement. Who asks is decided before anything of the request is looked at.
 */
@Injectable()
export class ScimFront implements Front {
  private readonly bases: readonly string[];
  private readonly newest = new WeakMap<Duplex, Promise<void>>();
  private readonly bodies = new BodyBudget();
  private readonly shares = new RequestShares(requestsOfProviderMax);
  private underWay = 0;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly tenants: Tenants,
    private readonly quotas: Quotas,
    private readonly router: ScimRouter,
    private readonly turns: Turns,
  ) {
    // A process of its own is reached without the base path too, behind a host of its own.
    this.bases = [...new Set([`${config.basePath}/scim/v2`, '/scim/v2'])];
  }

  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const url = request.url ?? '/';
    const found = this.bases.map((base) => belowBase(url, base)).find((below) => below !== undefined);
    if (!found) return false;
    this.inTurn(request, () => this.serve(request, response, found));
    return true;
  }

  /** RFC 9112 9.3.2: of requests sent one behind the other, a change waits for what was sent before it. */
  private inTurn({ socket }: IncomingMessage, serve: () => Promise<void>): void {
    const served = (this.newest.get(socket) ?? Promise.resolve()).then(serve, serve);
    this.newest.set(socket, served);
  }

  upgrade(): boolean {
    return false;
  }

  private async serve(
    request: IncomingMessage,
    response: ServerResponse,
    address: { path: string; query: string },
  ): Promise<void> {
    const traceId = currentTraceId() ?? newTraceId();
    const startedAt = performance.now();
    const status = await this.answered(request, response, address, traceId).catch((error: unknown) => {
      const failed = this.failed(error, traceId);
      sendOrEnd(request, response, failed);
      return failed.status;
    });
    const { method } = request;
    const durationMs = Math.round(performance.now() - startedAt);
    this.logger.debug({ method, status, durationMs }, 'a SCIM request was answered');
  }

  /** To send may fail too, at a body that is longer than a text can be. Not caught, it would end the process. */
  private async answered(
    request: IncomingMessage,
    response: ServerResponse,
    address: { path: string; query: string },
    traceId: string,
  ): Promise<number> {
    this.underWay += 1;
    const answer = await this.answer(request, address, traceId).finally(() => (this.underWay -= 1));
    send(request, response, answer);
    return answer.status;
  }

  private async answer(
    request: IncomingMessage,
    { path, query }: { path: string; query: string },
    traceId: string,
  ): Promise<Answer> {
    if (this.underWay > requestsMax) throw new ScimError(503, undefined, 'Too many requests are under way.');
    const tenant = await this.tenantOf(request);
    await this.quotas.take(tenant);
    // A provider in its first cycle sends without a pause, and nobody looks at how long one of its requests takes.
    const segments = segmentsOf(path);
    if (mayWait(request.method ?? 'GET', segments)) await this.turns.giveWay();
    const leave = this.shares.enter(tenant.provider);
    const allowance = this.bodies.open(tenant.provider);
    try {
      const body = await readBody(request, allowance);
      // A body may take a minute, in which the token may have been revoked.
      if (body) await this.tenantOf(request);
      return await this.route(request, { segments, query, tenant, traceId, body });
    } finally {
      allowance.release();
      leave();
    }
  }

  private route(request: IncomingMessage, { segments, query, tenant, traceId, body }: Authorized): Promise<Answer> {
    const { headers, method = 'GET' } = request;
    return this.router.answer({
      method: method === 'HEAD' ? 'GET' : method,
      segments,
      query: new URLSearchParams(query),
      headers,
      tenant,
      baseUrl: `${this.config.publicUrl.href.replace(/\/+$/, '')}/scim/v2`,
      traceId,
      json: () => jsonOf(body, headers),
    });
  }

  private async tenantOf({ headers }: IncomingMessage): Promise<Tenant> {
    const token = bearerToken(headers.authorization);
    const tenant = token === undefined ? undefined : await this.tenants.find(token);
    if (tenant) return tenant;
    const detail = 'Send Authorization: Bearer with a token of this provider.';
    throw new HttpError(401, detail, { 'WWW-Authenticate': 'Bearer realm="scim"' });
  }

  private failed(error: unknown, traceId: string): Answer {
    const { status, detail } = asScimError(error, traceId);
    // 501 is an answer that was meant: /Me.
    if (status >= 500 && status !== 501) this.logger.error({ err: error, status, detail }, 'a SCIM request failed');
    return errorAnswer(error, traceId);
  }
}

/** What began to go out before it failed cannot become an error: the client sees that the connection ends. */
function sendOrEnd(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (response.headersSent) response.destroy();
  else send(request, response, answer);
}
