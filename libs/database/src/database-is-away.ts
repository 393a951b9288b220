import { QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';

/** Refused, reset, cut or timed out on the way to the server. */
const networkCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND']);

/** PostgreSQL appendix A: shutdown, crash, starting up, too many connections; class 08 is every connection exception. */
const serverCodes = new Set(['57P01', '57P02', '57P03', '53300']);

/** pg gives these no code. */
const driverMessages = [
  /^Connection terminated/,
  /^timeout exceeded when trying to connect/,
  /^Client has encountered a connection error/,
];

/** TypeORM gives up the connection of a transaction as soon as it is lost, and says this to the next statement. */
const lostInTransaction = [QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError];

/** True when PostgreSQL did not answer at all, as against having refused a statement. */
export function databaseIsAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('driverError' in error && error.driverError instanceof Error) return databaseIsAway(error.driverError);
  if (error instanceof AggregateError) return error.errors.some(databaseIsAway); // both addresses of localhost
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    networkCodes.has(code) ||
    serverCodes.has(code) ||
    /^08...$/.test(code) ||
    lostInTransaction.some((kind) => error instanceof kind) ||
    driverMessages.some((message) => message.test(error.message))
  );
}
