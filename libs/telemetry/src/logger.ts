import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { currentTraceId } from './trace.js';

export type { Logger } from 'pino';
export const LOGGER = Symbol('Logger');

/**
 * The last line of defence: nobody should log these. Claims and bodies are not on the list,
 * because they have no fixed place: never log them at all.
 */
const neverPrinted = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'client_secret',
  'clientSecret',
  'id_token',
  'access_token',
  'refresh_token',
  'code_verifier',
  'token',
  'secret',
];

/** JSON lines on standard output, each with the trace id it was written under. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: () => {
      const traceId = currentTraceId();
      return traceId ? { traceId } : {};
    },
    redact: {
      paths: neverPrinted.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
      censor: '[redacted]',
    },
  };
  return destination ? pino(options, destination) : pino(options);
}
