import { Measured } from '../login/processes.js';
import { drain, newestFact } from './drain.js';
import type { Drained } from './drain.js';
import { claimGroups } from './directory.js';
import { driftCheckDue, mappingDue, publish } from './facts.js';
import type { ReconcileInstallation } from './installation.js';
import { moved } from './people.js';
import type { Setting } from './setting.js';

const perSecondMin = 500;

/** How fast one process works off people, with a Jira that answers at once. */
export async function compareDrains(setting: Setting): Promise<void> {
  const { installation, report, people, shape, isSmoke, cores } = setting;
  const { jira, dataSource } = installation;
  const some = people.slice(0, isSmoke ? 60 : 10_000);
  await jira.latency(0);
  report.line(`\nDraining ${some.length} people in one process, Jira answers at once, jobs on Redis`);
  const floor = await floorOf(setting, some.length);
  report.line(`  floor, BullMQ alone with one call each: ${rate(floor)}`);

  const [groupSync, claimMapping] = [installation.worker('group-sync'), installation.worker('claim-mapping')];
  const accountIds = some.map(({ accountId }) => accountId);
  await age(installation);
  const read = await drain(installation, groupSync, 'reconcile-account', () =>
    publish(dataSource, driftCheckDue, accountIds),
  );
  tell('group-sync, nothing to change (1 call)', read, floor);
  judge(read);
  report.goal('last tenth against first tenth', read.lastTenth / read.firstTenth, 0.7, 'x', { better: 'more' });

  for (const [index, person] of some.entries())
    people[index] = { ...person, groups: moved(person.groups, shape.groups, { leaves: 0, comes: 1 }) };
  await claimGroups(dataSource, people.slice(0, some.length));
  const identityIds = some.map(({ identityId }) => identityId);
  // One process after the other, and each with a core of its own while it is measured.
  const before = await newestFact(installation);
  await installation.pause(driftCheckDue.queue);
  cores?.reserveFor(claimMapping.pid);
  const mapped = await drain(installation, claimMapping, 'map-claims', () =>
    publish(dataSource, mappingDue, identityIds),
  );
  tell('claim-mapping, everybody has one group more', mapped, floor);
  judge(mapped);
  cores?.release(claimMapping.pid);
  const changed = await drain(installation, groupSync, 'reconcile-account', () => installation.resume(), before);
  tell('group-sync, one addition each (2 calls)', changed, floor);
  report.line(`  statements for one person of group-sync: ${await statements(setting)}`);

  /** A rate is the worker's own only where the stores do not share a core with driver and Jira: otherwise its CPU tells. */
  function judge({ perSecond, cpuMs }: Drained): void {
    const isOwn = cores === undefined || cores.areEnough;
    const rateOfProcess = isOwn ? perSecond : 1_000 / cpuMs;
    report.goal(isOwn ? 'rate' : 'rate by CPU, of a core of its own', rateOfProcess, perSecondMin, 'people/s', {
      better: 'more',
    });
  }

  function tell(what: string, drained: Drained, against: Drained): void {
    const ratio = (drained.cpuMs / against.cpuMs).toFixed(2);
    report.line(`  ${what}: ${rate(drained)}, ${ratio} x the floor`);
  }
}

function rate({ perSecond, cpuMs }: Drained): string {
  return `${perSecond.toFixed(0)} people/s, ${cpuMs.toFixed(2)} ms of CPU each`;
}

/** As if everybody had been seen in Jira a day ago. */
export async function age({ dataSource }: Pick<ReconcileInstallation, 'dataSource'>): Promise<void> {
  await dataSource.query(`update sync.jira_account set verified_at = now() - interval '30 hours'`);
}

async function floorOf({ installation, cores }: Setting, jobs: number): Promise<Drained> {
  const { redis, jira, token } = installation;
  const floor = Measured.start('floor', '../reconcile/floor.worker.js', {
    REDIS_URL: redis.url,
    JIRA_URL: jira.url,
    JIRA_TOKEN: token,
  });
  await floor.listening();
  cores?.reserveFor(floor.pid);
  const before = await floor.usage();
  const startedAt = performance.now();
  floor.tell({ jobs });
  await floor.listening();
  const seconds = (performance.now() - startedAt) / 1_000;
  const { cpuMs } = await floor.usage();
  await floor.stop();
  const perSecond = jobs / seconds;
  return {
    people: jobs,
    perSecond,
    firstTenth: perSecond,
    lastTenth: perSecond,
    cpuMs: (cpuMs - before.cpuMs) / jobs,
  };
}

async function statements({ installation, people, isSmoke }: Setting): Promise<string> {
  const some = people.slice(0, isSmoke ? 20 : 100);
  const worker = installation.worker('group-sync');
  await age(installation);
  const counted = await worker.statementsDuring(() =>
    drain(installation, worker, 'reconcile-account', () =>
      publish(
        installation.dataSource,
        driftCheckDue,
        some.map(({ accountId }) => accountId),
      ),
    ),
  );
  const each = Object.entries(counted).map(([text, count]) => ({ text, each: count / some.length }));
  if (process.env['BENCH_STATEMENTS'])
    for (const { text, each: n } of each.sort((a, b) => b.each - a.each))
      process.stdout.write(`    ${n.toFixed(2)}  ${text.slice(0, 120)}\n`);
  return each.reduce((sum, { each: n }) => sum + n, 0).toFixed(1);
}
