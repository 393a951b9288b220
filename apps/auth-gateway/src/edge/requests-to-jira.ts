import { Agent as HttpAgent } from 'node:http';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { currentTraceId } from '@gatehouse/telemetry';
import { ProxyServer } from 'httpxy';
import { JiraTimeoutError, boundConnecting, codeOf, limitsOf } from './edge-options.js';
import type { EdgeLimits, EdgeOptions } from './edge-options.js';
import { failureAnswer } from './failure-answer.js';
import type { FailureStatus } from './failure-answer.js';
import { refusalOf } from './refuse-request.js';
import { requestHeadersForJira } from './request-headers.js';
import { responseHeadersForBrowser } from './response-headers.js';

/** Plain HTTP through to Jira, streaming both ways. */
export class RequestsToJira {
  private readonly limits: EdgeLimits;
  private readonly agent: HttpAgent;
  private readonly proxy: ProxyServer;
  private readonly underWay = new Set<ServerResponse>();
  private readonly sent = new WeakMap<IncomingMessage, ClientRequest>();

  constructor(private readonly options: EdgeOptions) {
    this.limits = limitsOf(options);
    // Shorter than the 20 s after which Tomcat closes an idle connection, so that it is we who close.
    const pool = { keepAlive: true, maxFreeSockets: 64, timeout: 10_000 };
    this.agent = options.jiraUrl.protocol === 'https:' ? new HttpsAgent(pool) : new HttpAgent(pool);
    this.proxy = new ProxyServer({
      // Without a path: the browser's own goes through raw, `//x`, `/a/../b` and `;jsessionid` are for Jira to read.
      target: new URL(options.jiraUrl.origin),
      changeOrigin: false, // Jira compares Host with its base URL.
    });
    this.proxy.on('proxyReq', (proxyReq, req) => this.onSent(proxyReq, req));
    this.proxy.on('proxyRes', onAnswer);
    this.proxy.on('error', (error, req, res) => {
      // httpxy's type allows sockets here because it serves WebSockets with the same event; this instance does not.
      if (req && res && 'writableEnded' in res && 'headersSent' in res) this.onError(error, req, res);
    });
  }

  handle(req: IncomingMessage, res: ServerResponse): void {
    const refusal = refusalOf(req.url, req.headers);
    if (refusal) {
      this.fail(req, res, refusal.status, refusal.reason);
      return;
    }
    if (this.underWay.size >= this.limits.requestsMax) {
      this.fail(req, res, 503, 'too many requests under way');
      return;
    }
    this.underWay.add(res);
    res.once('close', () => this.underWay.delete(res));
    const { headers } = req;
    req.headers = requestHeadersForJira({ headers, remoteAddress: req.socket.remoteAddress }, this.options);
    this.forward(req, res, this.agent);
  }

  async close(): Promise<void> {
    const finished = [...this.underWay].map((res) => new Promise((resolve) => res.once('close', resolve)));
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise((resolve) => (timer = setTimeout(resolve, this.limits.closeGraceMs)));
    await Promise.race([Promise.all(finished), grace]);
    clearTimeout(timer);
    for (const res of this.underWay) res.destroy();
    this.agent.destroy();
  }

  private forward(req: IncomingMessage, res: ServerResponse, agent: HttpAgent | false): void {
    this.proxy.web(req, res, { agent }).catch((error: unknown) => {
      // Only the browser's own side ends here, after everything was said: there is nobody left to answer.
      this.options.logger.debug({ cause: codeOf(error) }, 'a connection of a browser broke');
    });
  }

  private onSent(proxyReq: ClientRequest, req: IncomingMessage): void {
    this.sent.set(req, proxyReq);
    boundConnecting(proxyReq, this.limits.connectTimeoutMs);
    proxyReq.setTimeout(this.limits.answerTimeoutMs, () => proxyReq.destroy(new JiraTimeoutError('no answer')));
    proxyReq.once('response', () => proxyReq.setTimeout(0));
  }

  private onError(error: Error, req: IncomingMessage, res: ServerResponse): void {
    if (res.destroyed) return; // Nobody is left to answer, or to repeat for.
    if (res.headersSent) {
      res.destroy(); // Cut visibly: an ending would make half an answer look whole.
    } else if (this.mayRepeat(error, req)) {
      this.forward(req, res, false);
    } else {
      this.fail(req, res, error instanceof JiraTimeoutError ? 504 : 502, codeOf(error));
    }
  }

  /** Jira closed an idle connection in the moment we used it: a read without a body goes once more, over a new one. */
  private mayRepeat(error: Error, req: IncomingMessage): boolean {
    const { method, headers } = req;
    const bodyless = headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;
    const reading = (method === 'GET' || method === 'HEAD') && bodyless;
    return reading && codeOf(error) === 'ECONNRESET' && this.sent.get(req)?.reusedSocket === true;
  }

  private fail(req: IncomingMessage, res: ServerResponse, status: FailureStatus, cause: string): void {
    this.options.logger.warn({ method: req.method, status, cause }, 'a request was not passed on to Jira');
    const { headers, body } = failureAnswer({ status, reference: currentTraceId(), accept: req.headers.accept });
    this.dropBody(req);
    res.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
    res.end(req.method === 'HEAD' ? undefined : body);
  }

  /** Reads what is left of an upload for a moment: a connection closed at once would take the answer with it. */
  private dropBody(req: IncomingMessage): void {
    req.unpipe();
    req.resume();
    if (req.complete) return;
    const timer = setTimeout(() => req.socket.destroy(), this.limits.closeGraceMs);
    req.once('close', () => clearTimeout(timer));
  }
}

function onAnswer(proxyRes: IncomingMessage, _req: IncomingMessage, res: ServerResponse): void {
  // Said explicitly, because httpxy would otherwise keep a connection that the browser asked to close.
  const connection = res.shouldKeepAlive ? 'keep-alive' : 'close';
  proxyRes.headers = { ...responseHeadersForBrowser(proxyRes.headers), connection };
}
