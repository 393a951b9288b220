import { Agent, createServer, request } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/**
 * A balancer without any memory of who came from where: each request goes to the next replica, and to the one after
 * that when it is not there. What a replica has to know to serve it must be in the request or in PostgreSQL.
 */
export class RoundRobin {
  private next = 0;
  readonly served: number[];
  private readonly agent = new Agent({ keepAlive: false });

  private constructor(
    private readonly server: Server,
    private readonly ports: readonly number[],
  ) {
    this.served = ports.map(() => 0);
  }

  static async start(port: number, ports: readonly number[]): Promise<RoundRobin> {
    const server = createServer((req, res) => balancer.pass(req, res, ports.length));
    const balancer = new RoundRobin(server, ports);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return balancer;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private pass(req: IncomingMessage, res: ServerResponse, attemptsLeft: number): void {
    const replica = this.next++ % this.ports.length;
    const { method, url, headers } = req;
    const passed = request({
      host: '127.0.0.1',
      port: this.ports[replica],
      method,
      path: url,
      headers,
      agent: this.agent,
    });
    passed.once('response', (answer) => {
      this.served[replica]! += 1;
      res.writeHead(answer.statusCode!, answer.rawHeaders);
      answer.pipe(res);
    });
    passed.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' && attemptsLeft > 1) this.pass(req, res, attemptsLeft - 1);
      else if (res.headersSent) res.destroy();
      else res.writeHead(502).end();
    });
    // The body is sent once a replica has taken the connection, so that another one can still have it.
    passed.once('socket', (socket) => socket.once('connect', () => req.pipe(passed)));
  }
}
