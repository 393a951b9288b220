import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { loggableError } from '../pages/classify-failure.js';
import { OpenIdProvider } from './openid-provider.js';
import { fixOrigin } from './fix-origin.js';
import type { Resumption } from './resumption.js';

/** Mounts the OP below `/oidc`, before Nest, with an origin that no request can change. */
@Injectable()
export class OpFront {
  private readonly mount: string;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly op: OpenIdProvider,
  ) {
    this.mount = `${config.basePath}/oidc`;
  }

  takes(pathname: string): boolean {
    return pathname === this.mount || pathname.startsWith(`${this.mount}/`);
  }

  /**
   * Answers a sign-in that is finished as the OP answers the browser when it comes back for it: straight with the code
   * for Jira. It is a round trip less, and what the OP asks for first is known (decision 19).
   * @param cookies of ours, which the browser gets whatever the OP makes of it
   */
  resume(request: IncomingMessage, response: ServerResponse, resumption: Resumption, cookies: readonly string[]): void {
    request.url = `${this.mount}/auth/${encodeURIComponent(resumption.uid)}`;
    this.op.expect(request, { ...resumption, cookies });
    this.handle(request, response);
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    fixOrigin(request.headers, this.config.publicUrl);
    // The OP finds its mount point by comparing the two.
    const originalUrl = request.url ?? '/';
    const rest = originalUrl.slice(this.mount.length);
    request.url = rest.startsWith('/') ? rest : `/${rest}`;
    Object.assign(request, { originalUrl });
    response.setHeader('referrer-policy', 'no-referrer');
    response.setHeader('x-content-type-options', 'nosniff');
    void this.op.answer(request, response).catch((error: unknown) => {
      this.logger.error({ err: loggableError(error) }, 'the OP failed');
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  }
}
