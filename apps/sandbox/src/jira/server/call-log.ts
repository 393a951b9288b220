export interface Call {
  readonly method: string;
  /** Below the context path, with the query for REST only: a callback's query holds an authorization code. */
  readonly path: string;
  readonly at: string;
  /** Where it went, as faults name it: the first is 1. */
  readonly node: number;
}

const recentMax = 1000;
const writeMethods = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** What reached this Jira, counted on arrival: a call that a fault then swallowed counts too. */
export class CallLog {
  private total = 0;
  private writes = 0;
  private connections = 0;
  private turn = 0;
  private readonly byRoute = new Map<string, number>();
  private readonly recent: Call[] = [];

  /** @param node from 0 on */
  record(method: string, url: string, route: string, node: number): void {
    const [path, query] = url.split('?', 2);
    const isRest = path!.startsWith('/rest/');
    const name = `${method} ${route}`;
    this.total += 1;
    if (isRest && writeMethods.has(method)) this.writes += 1;
    this.byRoute.set(name, (this.byRoute.get(name) ?? 0) + 1);
    this.recent.push({ method, path: isRest && query ? url : path!, at: new Date().toISOString(), node: node + 1 });
    if (this.recent.length > recentMax) this.recent.shift();
  }

  connected(): void {
    this.connections += 1;
  }

  /** Whose turn it is in a cluster behind a load balancer that goes round. */
  nextNode(nodes: number): number {
    return this.turn++ % nodes;
  }

  clear(): void {
    this.total = this.connections = this.turn = 0;
    this.writes = 0;
    this.byRoute.clear();
    this.recent.length = 0;
  }

  get writeCount(): number {
    return this.writes;
  }

  report() {
    return {
      total: this.total,
      connections: this.connections,
      byRoute: Object.fromEntries(this.byRoute),
      recent: this.recent,
    };
  }
}
