import type { Shape } from './people.js';

export interface Load {
  /** All groups and everybody of the directory. */
  readonly shape?: Shape;
  /** Further people. */
  readonly users?: readonly { readonly name: string; readonly key: string; readonly groups: readonly string[] }[];
}

export interface Seen {
  /** Without what the benchmark itself asks. */
  readonly byRoute: Readonly<Record<string, number>>;
  readonly mostAtOnce: number;
  /** From the first request to the last answer. */
  readonly betweenMs: number;
}

/** Figures of licences, asked for at most once a minute whatever the number of people. */
const onceAMinute = 'GET /applicationrole';

/** The stand-in for Jira, as the benchmark drives it. */
export class JiraControl {
  constructor(readonly url: string) {}

  async load(load: Load): Promise<void> {
    await this.post('load', load);
  }

  async latency(ms: number): Promise<void> {
    await this.post('latency', { ms });
  }

  /** So many requests are worked at at once, and others wait; undefined: all. */
  async places(atOnce: number | undefined): Promise<void> {
    await this.post('places', { at_once: atOnce });
  }

  async clear(): Promise<void> {
    await this.post('clear', {});
  }

  async seen(): Promise<Seen> {
    const answer = await fetch(`${this.url}/bench/seen`);
    return (await answer.json()) as Seen;
  }

  private async post(path: string, body: object): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${this.url}/bench/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`the stand-in for Jira answered ${answer.status} to ${path}`);
    await answer.arrayBuffer();
  }
}

export function callsIn({ byRoute }: Seen): number {
  return Object.entries(byRoute).reduce((sum, [route, count]) => (route === onceAMinute ? sum : sum + count), 0);
}
