import type { ClientRequest, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { currentTraceId } from '@gatehouse/telemetry';
import { ProxyServer } from 'httpxy';
import { UpstreamTimeoutError, boundConnecting, codeOf, limitsOf } from './edge-options.js';
import type { EdgeLimits, EdgeOptions } from './edge-options.js';
import { failureAnswer } from './failure-answer.js';
import type { FailureStatus } from './failure-answer.js';
import { upgradeRefusalOf } from './refuse-request.js';
import { headersPassedOn } from './request-headers.js';

/** WebSockets through to Jira. */
export class WebSocketsToJira {
  private readonly limits: EdgeLimits;
  private readonly proxy: ProxyServer;
  private readonly open = new Set<Socket>();
  /** Sockets into which Jira's answer went: an error page of ours would become part of it. */
  private readonly answered = new WeakSet<Socket>();

  constructor(private readonly options: EdgeOptions) {
    this.limits = limitsOf(options);
    this.proxy = new ProxyServer({
      target: new URL(options.jiraUrl.origin),
      changeOrigin: false,
      upgradeTimeout: this.limits.connectTimeoutMs * 2,
    });
    this.proxy.on('proxyReqWs', (proxyReq, _req, socket) => this.onSent(proxyReq, socket));
    // The event, not the promise: httpxy ends the socket right after it, and then nothing more can be said.
    this.proxy.on('error', (error, _req, socket) => {
      if (socket instanceof Socket) this.onError(error, socket);
    });
  }

  handle(req: IncomingMessage, socket: Socket, head: Buffer): void {
    const refusal = upgradeRefusalOf(req.url, req.headers);
    if (refusal) {
      this.fail(socket, refusal.status, refusal.reason);
      return;
    }
    const headers = headersPassedOn({ headers: req.headers, remoteAddress: socket.remoteAddress }, this.options);
    req.headers = { ...headers, connection: 'Upgrade', upgrade: 'websocket' };
    void this.proxy.ws(req, socket, {}, head);
  }

  /** WebSockets have no end of their own to wait for; browsers come back by themselves. */
  close(): void {
    for (const socket of this.open) socket.destroy();
  }

  private onSent(proxyReq: ClientRequest, socket: Socket): void {
    this.open.add(socket);
    socket.once('close', () => this.open.delete(socket));
    proxyReq.once('socket', () => boundConnecting(proxyReq, this.limits.connectTimeoutMs));
    proxyReq.once('response', () => this.answered.add(socket));
    proxyReq.once('upgrade', (_response, jiraSocket: Socket) => {
      this.answered.add(socket);
      // A peer that vanished without a FIN would otherwise keep the other half open for ever.
      socket.once('close', () => jiraSocket.destroy());
      jiraSocket.once('close', () => this.endSoon(socket));
    });
  }

  private onError(error: Error, socket: Socket): void {
    if (this.answered.has(socket) || !socket.writable) return;
    const code = codeOf(error);
    const late = error instanceof UpstreamTimeoutError || code === 'ERR_UPSTREAM_UPGRADE_TIMEOUT';
    this.fail(socket, late ? 504 : 502, code);
  }

  private fail(socket: Socket, status: FailureStatus, cause: string): void {
    this.options.logger.warn({ status, cause, upgrade: true }, 'a request was not passed on to Jira');
    const { headers, body } = failureAnswer({ status, reference: currentTraceId(), accept: undefined });
    const lines = { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' };
    const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.once('error', () => socket.destroy());
    socket.write(`HTTP/1.1 ${status} Refused\r\n${head.join('')}\r\n${body}`);
    this.endSoon(socket);
  }

  private endSoon(socket: Socket): void {
    socket.end();
    socket.setTimeout(this.limits.closeGraceMs, () => socket.destroy());
  }
}
