import { median } from '../statistics.js';
import { scenarios, signInEach, told } from './one-person.js';
import { latencyMs } from './setting.js';
import type { Setting } from './setting.js';

const timeRatioMax = 1.2;

/** Scenarios (a), (a') and (b). */
export async function compareOnePerson({ installation, shape, report, isSmoke }: Setting): Promise<void> {
  const [warmUps, counted] = isSmoke ? [1, 3] : [150, 60];
  report.line(`\nOne person at a time, ${latencyMs} ms for each call to Jira`);
  for (const scenario of scenarios) {
    await installation.jira.latency(0);
    await signInEach(installation, await scenario.prepare(installation, shape, warmUps));
    await installation.jira.latency(latencyMs);
    const done = await signInEach(installation, await scenario.prepare(installation, shape, counted));
    const idealMs = scenario.criticalPath * latencyMs;
    report.line(`${scenario.name}: ${told(done)}; ideal ${idealMs} ms`);
    report.line(
      `  ${done.callsEach.toFixed(2)} calls; ideal ${scenario.idealCalls} with the read before writing, ${scenario.shadowCalls} without it (ratio ${(done.callsEach / scenario.shadowCalls).toFixed(2)})`,
    );
    report.goal('calls', done.callsEach / scenario.idealCalls, 1, 'x the ideal', { digits: 2, kind: 'count' });
    report.goal('time of the run, median', median(done.runMs) / idealMs, timeRatioMax, 'x the ideal', { digits: 2 });
  }
}
