import { median, percentile } from '../statistics.js';
import { prepare, prepareBare, scenarios, signInEach } from './one-person.js';
import type { Scenario } from './one-person.js';
import { latencyMs } from './setting.js';
import type { Setting } from './setting.js';

const timeRatioMax = 1.2;

/** Scenarios (a), (a') and (b). */
export async function compareOnePerson(setting: Setting): Promise<void> {
  setting.report.line(`\nOne person at a time, ${latencyMs} ms for each call to Jira`);
  for (const scenario of scenarios) await compare(setting, scenario);
}

/** The bare client before and after, so that a machine whose speed drifts is the same for both. */
async function compare(setting: Setting, scenario: Scenario): Promise<void> {
  const { installation, shape, report, isSmoke } = setting;
  const [warmUps, counted] = isSmoke ? [1, 3] : [500, 60];
  await installation.jira.latency(0);
  await signInEach(installation, await prepare(installation, shape, scenario, warmUps));
  await bareMs(setting, scenario, warmUps);
  await installation.jira.latency(latencyMs);
  const before = await bareMs(setting, scenario, counted / 2);
  const done = await signInEach(installation, await prepare(installation, shape, scenario, counted));
  const floorMs = (before + (await bareMs(setting, scenario, counted / 2))) / 2;

  const idealMs = scenario.criticalPath * latencyMs;
  const [runMs, waitedMs] = [median(done.runMs), median(done.waitedMs)];
  const [p50, p99] = [percentile(done.acceptedMs, 0.5), percentile(done.acceptedMs, 0.99)];
  report.line(
    `${scenario.name}: run p50 ${runMs.toFixed(1)} ms; bare client ${floorMs.toFixed(1)} ms; ideal ${idealMs} ms (ratio ${(runMs / idealMs).toFixed(2)})`,
  );
  report.line(
    `  ${done.callsEach.toFixed(2)} calls; ideal ${scenario.idealCalls} with the read before writing, ${scenario.shadowCalls} without it (ratio ${(done.callsEach / scenario.shadowCalls).toFixed(2)})`,
  );
  report.goal('calls', done.callsEach / scenario.idealCalls, 1, 'x the ideal', { digits: 2, kind: 'count' });
  report.goal('time of the run, median', runMs / floorMs, timeRatioMax, 'x the bare client', { digits: 2 });
  report.line(
    `  sign-in to applied p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, of which ${waitedMs.toFixed(1)} ms from deciding to the run`,
  );
}

async function bareMs({ installation, shape, bare }: Setting, scenario: Scenario, count: number): Promise<number> {
  return bare.run({ people: await prepareBare(installation, shape, scenario, Math.ceil(count)) });
}
