import { ConfigError } from '@gatehouse/config';

/** A start that failed for a reason a person can act on: its message is one sentence and needs no stack. */
export class StartError extends Error {
  constructor(message: string, options?: { cause: unknown }) {
    super(message, options);
    this.name = 'StartError';
  }
}

const databaseCodes: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the host name is unknown',
  ETIMEDOUT: 'the server does not answer',
  '28P01': 'the password is wrong',
  '28000': 'the server does not accept this user',
  '3D000': 'the database does not exist',
};

/** Turns what the driver says into what to do. The URL may hold a password: only host and database are named. */
export function databaseUnreachable(error: unknown, url: string): StartError {
  const { host, pathname } = new URL(url);
  const reason = databaseCodes[codeOf(error) ?? ''] ?? (error instanceof Error ? error.message : String(error));
  const place = `${host}${pathname}`;
  return new StartError(
    `PostgreSQL at ${place} cannot be used: ${reason}. Check DATABASE_URL, or remove it to use the embedded server.`,
    {
      cause: error,
    },
  );
}

export function databaseNeeded(services: readonly string[]): StartError {
  return new StartError(
    `DATABASE_URL is missing: ${services.join(', ')} in a process of its own shares a PostgreSQL server with the others, while the embedded one belongs to npm start alone. Start a server (docker compose up -d postgres) and give every process the same DATABASE_URL.`,
  );
}

export function nothingToStart(): StartError {
  return new StartError(
    'The sandbox is switched off (SANDBOX=off, a JIRA_URL of your own, or production): there is nothing to start.',
  );
}

export function portTaken(port: number, variable: string): StartError {
  return new StartError(
    `Port ${port} is taken by another program, perhaps a Gatehouse that still runs. Stop that program, or choose another port with ${variable}.`,
  );
}

/** For a person at a terminal: one sentence where we know the cause, the stack where we do not. */
export function explain(error: unknown): string {
  if (error instanceof StartError || error instanceof ConfigError) return error.message;
  if (error instanceof Error && 'explained' in error) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if ('errors' in error && Array.isArray(error.errors)) return codeOf(error.errors[0]); // AggregateError of localhost's two addresses
  return undefined;
}
