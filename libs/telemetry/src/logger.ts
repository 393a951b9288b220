import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { LogOutput } from './log-output.js';
import { currentTraceId } from './trace.js';
import { withoutSecrets } from './without-secrets.js';

export type { Logger } from 'pino';
export const LOGGER = Symbol('Logger');

const standardOutput = new LogOutput(1);
process.on('exit', () => standardOutput.writeRest());

/** The last thing before a process ends on purpose: nothing is logged after it. */
export async function endLog(): Promise<void> {
  await standardOutput.end();
}

/** JSON lines on standard output, each with the trace id it was written under. */
export function createLogger(level: string, destination: DestinationStream = standardOutput): Logger {
  const options = {
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: withoutSecrets },
    serializers: { err: (error: Error) => withoutSecrets(pino.stdSerializers.err(error)) },
    mixin: () => {
      const traceId = currentTraceId();
      return traceId ? { traceId } : {};
    },
  };
  return pino(options, destination);
}
