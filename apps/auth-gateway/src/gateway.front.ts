import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import type { Front } from '@gatehouse/runtime';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { ownCookiePrefix } from './cookies/gateway.cookies.js';
import { createEdge } from './edge/index.js';
import type { Edge } from './edge/index.js';
import { OpFront } from './provider/op.front.js';

/** Who gets a request: the OP, Nest (everything else below our base path), or Jira. */
@Injectable()
export class GatewayFront implements Front, OnModuleDestroy {
  private readonly edge: Edge;
  private readonly basePath: string;

  constructor(
    @Inject(CONFIG) { basePath, jira, publicUrl }: Config,
    @Inject(LOGGER) logger: Logger,
    private readonly op: OpFront,
  ) {
    this.basePath = basePath;
    this.edge = createEdge({ jiraUrl: jira.url, publicUrl, ownCookiePrefixes: [ownCookiePrefix], logger });
  }

  async onModuleDestroy(): Promise<void> {
    await this.edge.close();
  }

  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const path = pathOf(request);
    if (this.op.takes(path)) this.op.handle(request, response);
    else if (this.isOurs(path)) return false;
    else this.edge.handle(request, response);
    return true;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.isOurs(pathOf(request))) socket.destroy();
    else this.edge.upgrade(request, socket, head);
  }

  /** Raw, as the browser sent it: Nest routes on the same text, so the two never disagree. */
  private isOurs(path: string): boolean {
    return path === this.basePath || path.startsWith(`${this.basePath}/`);
  }
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}
