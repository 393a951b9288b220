import { environment } from '@gatehouse/config';
import { run } from './run.js';
import { endLog, flushLog } from '@gatehouse/telemetry';
import type { ServiceDefinition } from './service.js';
import { growHeapSlowly } from './slow-heap-growth.js';
import { explain } from './start-failure.js';

/** Beyond the time in which it still serves on purpose. What orchestrators grant is longer. */
const closeWithinMs = 9_500;

/** What an entry point calls: runs until a signal, drains, and leaves with an honest exit code. */
export async function runProcess(services: readonly ServiceDefinition[]): Promise<void> {
  const stopAsked = signalled();
  // Where people wait for each answer, CPU counts more than memory.
  if (!services.some(({ name }) => name === 'auth-gateway')) growHeapSlowly();
  try {
    const running = await run(services, environment());
    flushLog();
    if (running.greeting.length > 0) process.stdout.write(`${running.greeting.join('\n')}\n`);
    await stopAsked;
    const deadline = setTimeout(() => process.exit(1), running.config.stopDelayMs + closeWithinMs);
    await running.close();
    clearTimeout(deadline);
    await endLog();
    process.exit(0);
  } catch (error) {
    await endLog();
    process.stderr.write(`\nGatehouse did not start. ${explain(error)}\n`);
    process.exit(1);
  }
}

/** The first signal asks for a clean stop, a second one means now. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = () => {
      if (asked) process.exit(130);
      asked = true;
      resolve();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
