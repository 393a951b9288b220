import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { LogOutput } from './log.output.js';
import { currentTraceId } from './trace.js';
import { hidden, withoutSecrets } from './without-secrets.js';

export type { Logger } from 'pino';
export const LOGGER = Symbol('Logger');

const standardOutput = new LogOutput(1);
process.on('exit', () => standardOutput.flushSync());

/** What has been logged so far is written before anything else is. */
export function flushLog(): void {
  standardOutput.flushSync();
}

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
    // As functions of one argument: pino passes more.
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (logged: Record<string, unknown>) => withoutSecrets(logged),
    },
    // What is bound to a child logger passes by these alone. Errors have been serialized by then.
    serializers: { ...hidden, err: (error: unknown) => error },
    mixin: () => {
      const traceId = currentTraceId();
      return traceId ? { traceId } : {};
    },
  };
  return pino(options, destination);
}
