import { Agent as HttpAgent } from 'node:http';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Logger } from '@gatehouse/telemetry';
import { ProxyServer } from 'httpxy';
import { UpstreamTimeoutError, boundConnecting, codeOf } from './edge-options.js';
import type { EdgeLimits } from './edge-options.js';
import type { FailureAnswer, FailureStatus } from './failure-answer.js';
import { refusalOf } from './refuse-request.js';
import { responseHeadersForBrowser } from './response-headers.js';

export interface PassageOptions {
  /** Where the upstream listens; only its origin counts, the path is the client's own. */
  readonly upstream: URL;
  /** Whom the log names. */
  readonly name: string;
  readonly limits: EdgeLimits;
  readonly logger: Logger;
  /** What the upstream gets to see of a request. */
  readonly headers: (req: IncomingMessage) => IncomingHttpHeaders;
  /** What the client gets to see of the headers of an answer; left out: all that are for it. */
  readonly answered?: (req: IncomingMessage, answer: IncomingMessage) => IncomingHttpHeaders;
  /** What the client gets to see when it was not passed on. */
  readonly failure: (req: IncomingMessage, status: FailureStatus) => FailureAnswer;
}

/** Plain HTTP through to one upstream, streaming both ways. */
export class Passage {
  private readonly agent: HttpAgent;
  private readonly proxy: ProxyServer;
  private readonly underWay = new Set<ServerResponse>();
  private readonly sent = new WeakMap<IncomingMessage, ClientRequest>();

  constructor(private readonly options: PassageOptions) {
    // Shorter than the 20 s after which Tomcat, and the 65 s after which Node, closes an idle connection: it is we who close.
    const pool = { keepAlive: true, maxFreeSockets: 64, timeout: 10_000 };
    this.agent = options.upstream.protocol === 'https:' ? new HttpsAgent(pool) : new HttpAgent(pool);
    this.proxy = new ProxyServer({
      // Without a path: the client's own goes through raw, `//x`, `/a/../b` and `;jsessionid` are for the upstream to read.
      target: new URL(options.upstream.origin),
      changeOrigin: false, // Host is said by `headers`: Jira compares it with its base URL.
    });
    this.proxy.on('proxyReq', (proxyReq, req) => this.onSent(proxyReq, req));
    this.proxy.on('proxyRes', (proxyRes, req, res) => this.onAnswer(proxyRes, req, res));
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
    if (Number(req.headers['content-length'] ?? 0) > (this.options.limits.bodyBytesMax ?? Infinity)) {
      // Here, because the upstream would answer and close, and its answer is often lost behind what is still sent.
      this.fail(req, res, 413, 'body too large');
      return;
    }
    if (this.underWay.size >= this.options.limits.requestsMax) {
      this.fail(req, res, 503, 'too many requests under way');
      return;
    }
    this.underWay.add(res);
    res.once('close', () => this.underWay.delete(res));
    req.headers = this.options.headers(req);
    this.forward(req, res, this.agent);
  }

  async close(): Promise<void> {
    const finished = [...this.underWay].map((res) => new Promise((resolve) => res.once('close', resolve)));
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise((resolve) => (timer = setTimeout(resolve, this.options.limits.closeGraceMs)));
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
    boundConnecting(proxyReq, this.options.limits.connectTimeoutMs);
    proxyReq.setTimeout(this.options.limits.answerTimeoutMs, () =>
      proxyReq.destroy(new UpstreamTimeoutError('no answer')),
    );
    proxyReq.once('response', () => proxyReq.setTimeout(0));
  }

  private onError(error: Error, req: IncomingMessage, res: ServerResponse): void {
    if (res.destroyed) return; // Nobody is left to answer, or to repeat for.
    if (res.headersSent) {
      res.destroy(); // Cut visibly: an ending would make half an answer look whole.
    } else if (this.mayRepeat(error, req)) {
      this.forward(req, res, false);
    } else {
      this.fail(req, res, error instanceof UpstreamTimeoutError ? 504 : 502, codeOf(error));
    }
  }

  /** The upstream closed an idle connection in the moment we used it: a read without a body goes once more, over a new one. */
  private mayRepeat(error: Error, req: IncomingMessage): boolean {
    const { method, headers } = req;
    const bodyless = headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;
    const reading = (method === 'GET' || method === 'HEAD') && bodyless;
    return reading && codeOf(error) === 'ECONNRESET' && this.sent.get(req)?.reusedSocket === true;
  }

  private fail(req: IncomingMessage, res: ServerResponse, status: FailureStatus, cause: string): void {
    const { logger, name } = this.options;
    const answer = this.options.failure(req, status);
    logger.warn({ method: req.method, status: answer.status, cause }, `a request was not passed on to ${name}`);
    const { headers, body } = answer;
    this.dropBody(req);
    res.writeHead(answer.status, { ...headers, 'content-length': Buffer.byteLength(body) });
    res.end(req.method === 'HEAD' ? undefined : body);
  }

  /** Reads what is left of an upload for a moment: a connection closed at once would take the answer with it. */
  private dropBody(req: IncomingMessage): void {
    req.unpipe();
    req.resume();
    if (req.complete) return;
    const timer = setTimeout(() => req.socket.destroy(), this.options.limits.closeGraceMs);
    req.once('close', () => clearTimeout(timer));
  }
  private onAnswer(proxyRes: IncomingMessage, req: IncomingMessage, res: ServerResponse): void {
    const headers = this.options.answered?.(req, proxyRes) ?? proxyRes.headers;
    // Said explicitly, because httpxy would otherwise keep a connection that the browser asked to close.
    const connection = res.shouldKeepAlive ? 'keep-alive' : 'close';
    proxyRes.headers = { ...responseHeadersForBrowser(headers), connection };
  }
}
