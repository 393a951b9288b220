import { createHash } from 'node:crypto';

export interface ServerSettings {
  readonly durable: boolean;
  /** Of the PostgreSQL package. */
  readonly version: string;
}

/** Statements, parameters and details stay out of PostgreSQL's log: they would hold people's names. */
const quietLog = {
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
};

const always = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  timezone: 'UTC',
  log_timezone: 'UTC',
  ...quietLog,
};

/** For tests only: a crash of the machine loses what was acknowledged. A crash of PostgreSQL does not, so that tests may kill it. */
const notDurable = { fsync: 'off', full_page_writes: 'off' };

/** `-c` arguments, with a cluster name that tells a later start whether a server it finds runs with the same. */
export function serverArguments(settings: ServerSettings): string[] {
  const parameters = { ...parametersOf(settings), cluster_name: clusterName(settings) };
  return Object.entries(parameters).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

export function clusterName(settings: ServerSettings): string {
  const text = JSON.stringify([settings.version, parametersOf(settings)]);
  return `gatehouse-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
}

function parametersOf({ durable }: ServerSettings): Record<string, string> {
  return durable ? always : { ...always, ...notDurable };
}
