import { afterAll, beforeAll } from '@jest/globals';

/** A whole installation with its sandbox, in however many processes: what a story needs to know of it. */
export interface Site {
  /** Of Jira behind the gateway. */
  readonly origin: string;
  /** Ours, below that. */
  readonly base: string;
  /** The sandbox Jira itself. */
  readonly jira: string;
  /** The sandbox identity provider. */
  readonly idp: string;
  readonly databaseUrl: string;
  /** JSON lines of every process. */
  readonly logLines: string[];
  discard(): Promise<void>;
}

const startWithinMs = 90_000;

/** The one installation that the stories of a describe block share. */
export function sharedSite<One extends Site>(start: () => Promise<One>): () => One {
  let site: One | undefined;
  beforeAll(async () => {
    site = await start();
  }, startWithinMs);
  afterAll(() => site?.discard());
  return () => {
    if (!site) throw new Error('the installation did not start');
    return site;
  };
}
