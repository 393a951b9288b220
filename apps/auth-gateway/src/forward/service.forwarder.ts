import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import type { ServiceName } from '@gatehouse/contracts';
import { Encryption } from '@gatehouse/database';
import { clientHeader, PROCESS_SERVICES, signedClient } from '@gatehouse/runtime';
import { currentTraceId, LOGGER, newTraceId } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { headersPassedOn, Passage } from '../edge/index.js';
import type { EdgeLimits, FailureStatus } from '../edge/index.js';
import { PageSurroundings } from '../pages/surroundings.service.js';
import { awayAnswer } from './away-answer.js';
import type { ForwardedPart } from './forwarded-part.js';
import { isAtConsole, routeRequest } from './route-request.js';

/** Our services answer at once or begin to. Bodies: what the admin API takes, and room for a SCIM group of thousands. */
const limits: EdgeLimits = { connectTimeoutMs: 2_000, answerTimeoutMs: 60_000, requestsMax: 500, closeGraceMs: 3_000 };
const bodyBytesMax: Record<ForwardedPart, number> = { api: 1_048_576, console: 1_048_576, scim: 10_485_760 };

/** The parts of our public address that other processes serve, and the console's own origin. */
@Injectable()
export class ServiceForwarder {
  private readonly passages = new Map<ForwardedPart, Passage>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(PROCESS_SERVICES) services: readonly ServiceName[],
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly encryption: Encryption,
    private readonly surroundings: PageSurroundings,
  ) {
    const consoleHere = services.includes('console');
    if (!consoleHere) for (const part of ['api', 'console'] as const) this.open(part, config.consoleUrl);
    // Given by hand, SCIM is there, whatever else runs in this process.
    if (!services.includes('scim-ingest') || config.scim.configured) this.open('scim', config.scim.url);
  }

  /**
   * True when the request was taken.
   * @param path below our base, raw, without the query
   */
  handle(request: IncomingMessage, response: ServerResponse, path: string, query: string): boolean {
    const { method, headers } = request;
    const places = { consolePublicUrl: this.config.consolePublicUrl, elsewhere: new Set(this.passages.keys()) };
    const routing = routeRequest({ method, path, query, host: headers.host }, places);
    switch (routing.kind) {
      case 'here':
        return false;
      case 'forward':
        this.passages.get(routing.part)!.handle(request, response);
        return true;
      case 'redirect':
        answer(request, response, 307, { location: routing.location });
        return true;
      case 'refuse':
        answer(request, response, routing.status, routing.status === 405 ? { allow: 'GET, HEAD' } : {});
        return true;
    }
  }

  /** The console's own origin has nothing of Jira's on it. */
  isAtConsole({ headers }: IncomingMessage): boolean {
    return isAtConsole(headers.host, this.config.consolePublicUrl);
  }

  async close(): Promise<void> {
    await Promise.all([...this.passages.values()].map((passage) => passage.close()));
  }

  private open(part: ForwardedPart, upstream: URL): void {
    const passage = new Passage({
      upstream,
      name: part === 'scim' ? 'SCIM' : 'the console',
      limits: { ...limits, bodyBytesMax: bodyBytesMax[part] },
      logger: this.logger,
      headers: (request) => this.headersFor(part, request),
      failure: ({ headers }, status) => this.away(part, status, headers.accept),
    });
    this.passages.set(part, passage);
  }

  private headersFor(part: ForwardedPart, { headers, socket }: IncomingMessage): IncomingHttpHeaders {
    const { publicUrl, consolePublicUrl } = this.config;
    const side = isAtConsole(headers.host, consolePublicUrl) ? consolePublicUrl! : publicUrl;
    const passed = headersPassedOn(
      { headers, remoteAddress: socket.remoteAddress },
      { publicUrl: side, ownCookiePrefixes: [] },
    );
    if (part === 'scim') delete passed.cookie; // A browser has no business there, so nor have its cookies.
    return { ...passed, [clientHeader]: signedClient(String(passed['x-forwarded-for']), this.encryption) };
  }

  private away(part: ForwardedPart, status: FailureStatus, accept: string | undefined) {
    const reference = currentTraceId() ?? newTraceId();
    return awayAnswer({ part, status, reference, accept, surroundings: this.surroundings.current() });
  }
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
): void {
  // What is left of a body would be read as the next request.
  const connection: Record<string, string> = request.complete ? {} : { connection: 'close' };
  response.writeHead(status, { 'cache-control': 'no-store', 'content-length': 0, ...headers, ...connection }).end();
}
