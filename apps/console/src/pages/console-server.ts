import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import { boardPrefix, refuseWrites } from '../board/refuse-writes.js';
import { ConsoleAddress } from './console-address.js';
import { pageHeaders } from './page-headers.js';
import { elsewherePage } from './problem-page.js';

const consolePrefix = '/console';

/** What every route of the console needs before Nest: its headers, and nothing at all on an origin that is not its own. */
@Injectable()
export class ConsoleServer {
  constructor(
    private readonly adapterHost: HttpAdapterHost<FastifyAdapter>,
    private readonly address: ConsoleAddress,
  ) {}

  /** Must run before Nest registers its routes. */
  prepare(): void {
    this.adapterHost.httpAdapter.getInstance<FastifyInstance>().addHook('onRoute', (route) => {
      if (route.url !== consolePrefix && !route.url.startsWith(`${consolePrefix}/`)) return;
      const hooks: onRequestHookHandler[] = [(request, reply, done) => this.enter(request, reply, done)];
      if (route.url.startsWith(boardPrefix)) hooks.push(refuseWrites);
      route.onRequest = [...[route.onRequest ?? []].flat(), ...hooks];
    });
  }

  private enter(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
    void reply.headers(pageHeaders);
    if (this.address.livesAt(request.headers.host)) {
      done();
      return;
    }
    const page = elsewherePage(this.address.href);
    void reply.status(page.status).type('text/html; charset=utf-8').send(page.body);
  }
}
