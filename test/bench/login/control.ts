/**
 * Loaded before a measured process by `--import`: answers what it has used, over the IPC channel, from inside the
 * process. Nothing of the process itself is changed, except while its statements are counted.
 */
import pg from 'pg';

export interface Usage {
  /** User and system time of all threads of the process. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

export type Question = 'usage' | 'count' | 'counted';
export type Answer = { usage: Usage } | { statements: Record<string, number> };

type Query = typeof pg.Client.prototype.query;

const originalQuery: Query = pg.Client.prototype.query;
const statements = new Map<string, number>();

process.on('message', (message: Question | object) => {
  if (typeof message === 'string') process.send?.(answerTo(message));
});
process.channel?.unref();
process.once('disconnect', () => process.exit(1)); // The benchmark was killed.

function answerTo(question: Question): Answer {
  switch (question) {
    case 'usage': {
      const { user, system } = process.cpuUsage();
      return { usage: { cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss() } };
    }
    case 'count':
      statements.clear();
      pg.Client.prototype.query = counting as Query;
      return { statements: {} };
    case 'counted':
      pg.Client.prototype.query = originalQuery;
      return { statements: Object.fromEntries(statements) };
  }
}

function counting(this: pg.Client, ...parameters: Parameters<Query>): unknown {
  const [statement] = parameters as unknown as [string | { text?: string }];
  const text = (typeof statement === 'string' ? statement : (statement.text ?? '')).replace(/\s+/g, ' ').trim();
  statements.set(text, (statements.get(text) ?? 0) + 1);
  return (originalQuery as (...given: unknown[]) => unknown).apply(this, parameters);
}
