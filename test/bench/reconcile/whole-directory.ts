import { waitFor } from '@gatehouse/testing';
import { bulkCallsMax } from '../../../apps/group-sync/src/bulk-places.js';
import { waitingJobsAtOnce } from '../../../libs/messaging/src/bullmq-options.js';
import type { Measured } from '../login/processes.js';
import { claimGroups } from './directory.js';
import { drain } from './drain.js';
import { age } from './drains.js';
import { driftCheckDue, mappingChanged, orderAudit, publish } from './facts.js';
import { config } from './installation.js';
import { callsIn } from './jira-control.js';
import { moved, provider } from './people.js';
import { latencyMs } from './setting.js';
import type { Setting } from './setting.js';

/** K: what Jira works at at once. Four of the ten calls that the bulk lane has under way at most, and all of them. */
const placesOfJira = [4, bulkCallsMax];
const callsOfRunMax = 3;
const timeRatioMax = 1.2;
const memoryMax = 300;
const membersOfPage = 50;
const usersOfPage = 1_000;

/** Scenario (c): one in a hundred has moved to another team, and everybody is mapped and then compared. */
export async function compareDirectory(setting: Setting): Promise<void> {
  const { installation, report } = setting;
  await installation.jira.latency(latencyMs);
  for (const [round, places] of placesOfJira.entries()) {
    await installation.jira.places(places);
    report.line(`\n(c) the whole directory, ${latencyMs} ms for each call to Jira, ${places} calls at once`);
    await remap(setting, places, round);
    await audit(setting, places, round);
  }
  await installation.jira.places(undefined);
  await killed(setting);
}

/** The configuration is applied anew; of those it sends on, only those change whose groups have. */
async function remap(setting: Setting, places: number, round: number): Promise<void> {
  const { installation, shape, people, report } = setting;
  const { jira, dataSource } = installation;
  await age(installation);
  const movers = [...people.keys()].filter((index) => index % 100 === round);
  for (const index of movers)
    people[index] = {
      ...people[index]!,
      groups: moved(people[index]!.groups, shape.groups, { leaves: 1, comes: 1 }),
    };
  await claimGroups(
    dataSource,
    movers.map((index) => people[index]!),
  );
  const floorMsPerCall = await bareMsPerCall(
    setting,
    movers.map((index) => ({ ...people[index]!, isChanged: true })),
  );
  await jira.clear();
  // First everybody is mapped and then the difference goes to Jira: the times of both can be told apart.
  await installation.pause(driftCheckDue.queue);
  const mapped = await drain(installation, installation.worker('claim-mapping'), 'map-claims', async () => {
    const [applied] = await dataSource.query<[{ version: number }]>(
      `insert into console.config_version (document, actor) values ($1, 'bench') returning version`,
      [config],
    );
    await publish(dataSource, mappingChanged, [provider]);
    await waitFor(
      async () => {
        const passes = await dataSource.query<unknown[]>(
          'select from mapping.remap where config_version = $1 and finished_at is not null',
          [applied.version],
        );
        return passes.length > 0;
      },
      { what: 'everybody to be sent on', timeoutMs: 600_000 },
    );
  });
  await installation.resume();
  await installation.quiet({ everyMs: 500 });
  const seen = await jira.seen();
  const calls = callsIn(seen);
  const ideal = movers.length * callsOfRunMax;
  const idealMs = (ideal * latencyMs) / places;
  const floorMs = ideal * floorMsPerCall;
  const withoutRead = movers.length * 2;
  report.line(
    `everybody mapped anew (${mapped.perSecond.toFixed(0)} people/s, ${mapped.cpuMs.toFixed(2)} ms of CPU each), ` +
      `${movers.length} have moved: ${calls} calls to Jira in ${seconds(seen.betweenMs)}`,
  );
  report.line(
    `  ideal ${ideal} calls with a read before writing, ${seconds(idealMs)} (ratio ${(seen.betweenMs / idealMs).toFixed(2)}); bare client ${seconds(floorMs)}; ${withoutRead} without (ratio ${(calls / withoutRead).toFixed(2)})`,
  );
  report.goal('calls', calls / ideal, 1, 'x the ideal', { digits: 2, kind: 'count' });
  report.goal('time', seen.betweenMs / floorMs, timeRatioMax, 'x the bare client', { digits: 2 });
}

/** Everybody is read; one in a hundred was changed by hand. */
async function audit(setting: Setting, places: number, round: number): Promise<void> {
  const { installation, people, shape, report } = setting;
  const { jira, dataSource } = installation;
  await age(installation);
  const isMover = (index: number) => index % 100 === 50 + round;
  const movers = people.filter((_, index) => isMover(index));
  const floorMsPerCall = await bareMsPerCall(
    setting,
    people.map((person, index) => ({ ...person, isChanged: isMover(index) })),
  );
  await jira.load({
    users: movers.map(({ name, jiraKey, groups }) => ({
      name,
      key: jiraKey,
      groups: moved(groups, shape.groups, { leaves: 1, comes: 1 }),
    })),
  });
  await jira.clear();
  const worker = installation.worker('group-sync');
  const drained = await drain(installation, worker, 'reconcile-account', () => orderAudit(dataSource));
  await installation.quiet({ everyMs: 500 });
  const seen = await jira.seen();
  const calls = callsIn(seen);
  const ideal = drained.people + movers.length * 2;
  const idealMs = (ideal * latencyMs) / places;
  const floorMs = ideal * floorMsPerCall;
  const pagesOfMembers = Math.ceil((drained.people * shape.memberships) / shape.groups / membersOfPage) * shape.groups;
  const byGroup = Math.ceil(drained.people / usersOfPage) + 1 + pagesOfMembers + movers.length * 2;
  report.line(
    `full audit, ${movers.length} changed by hand: ${calls} calls in ${seconds(seen.betweenMs)}; ` +
      `${drained.perSecond.toFixed(0)} people/s, ${drained.cpuMs.toFixed(2)} ms of CPU each; at most ${seen.mostAtOnce} calls at once`,
  );
  report.line(
    `  ideal ${ideal} calls person by person, ${seconds(idealMs)} (ratio ${(seen.betweenMs / idealMs).toFixed(2)}); bare client ${seconds(floorMs)}; ${byGroup} by pages of members`,
  );
  report.goal('calls', calls / ideal, 1, 'x the ideal', { digits: 2, kind: 'count' });
  const ratio = seen.betweenMs / floorMs;
  if (isWithinReach(setting, places)) report.goal('time', ratio, timeRatioMax, 'x the bare client', { digits: 2 });
  else report.line(`  shown   time: ${ratio.toFixed(2)} x the bare client; it takes a core for the stores to judge it`);
  const [peak, pss] = [megabytes(worker.peakRssBytes()), megabytes(worker.pssBytes())];
  report.line(`  group-sync: ${peak.toFixed(0)} MB resident at most, ${pss.toFixed(0)} MB of its own (PSS) at the end`);
  report.goal('memory', peak, memoryMax, 'MB');
}

/**
 * Each is read, and who is changed gets a group and loses it again: as many calls as of somebody who moves, and nothing is
 * different afterwards.
 */
async function bareMsPerCall(
  { bare, shape }: Setting,
  people: readonly {
    readonly name: string;
    readonly jiraKey: string;
    readonly groups: readonly string[];
    readonly isChanged: boolean;
  }[],
): Promise<number> {
  const nothing: readonly string[] = [];
  const ordered = people.map(({ name, jiraKey: key, groups, isChanged }) => {
    const some = isChanged ? moved(groups, shape.groups, { leaves: 0, comes: 1 }).slice(groups.length) : nothing;
    return { name, key, comes: some, leaves: some };
  });
  const calls = ordered.reduce((sum, { comes, leaves }) => sum + 1 + comes.length + leaves.length, 0);
  return (await bare.run({ people: ordered, atOnce: bulkCallsMax })) / calls;
}

/** With every place of Jira filled somebody is compared every other millisecond, and the stores share a core with Jira and driver. */
function isWithinReach({ cores }: Setting, places: number): boolean {
  return places < bulkCallsMax || cores === undefined || cores.areEnough;
}

/** Once more for a tenth of them, with a worker that is killed in the middle: nobody is read twice but for those under way. */
async function killed({ installation, people, report, cores }: Setting): Promise<void> {
  const { jira, dataSource } = installation;
  const some = people.slice(0, Math.ceil(people.length / 10));
  await dataSource.query(
    `update sync.jira_account set verified_at = now() - interval '30 hours' where account_id = any($1)`,
    [some.map(({ accountId }) => accountId)],
  );
  await jira.clear();
  const worker = installation.worker('group-sync');
  await orderAudit(dataSource);
  const callsMade = async () => callsIn(await jira.seen());
  await waitFor(async () => (await callsMade()) > some.length / 2, { what: 'half of the audit', timeoutMs: 600_000 });
  await worker.kill();
  const before = await callsMade();
  const restarted: Measured = await installation.startWorker('group-sync');
  cores?.reserveFor(restarted.pid);
  await installation.quiet({ everyMs: 500 });
  const again = (await callsMade()) - some.length;
  report.line(`killed after ${before} of ${some.length} people: ${again} calls were made twice`);
  report.goal('calls made twice', again, waitingJobsAtOnce + bulkCallsMax, 'calls', { kind: 'count', digits: 0 });
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function megabytes(bytes: number | undefined): number {
  return (bytes ?? Number.NaN) / 1_048_576;
}
