/**
 * `npm run bench reconcile`: what making Jira equal to what is desired costs in calls, in time and in memory, beside
 * the ideal of requirements and beside a floor. docs/benchmarks.md says how to read it.
 */
import { parseArgs } from 'node:util';
import { Cores } from './cores.js';
import { Report } from './queue/figures.js';
import { BareClient } from './reconcile/bare.js';
import { addDirectory } from './reconcile/directory.js';
import { compareDirectory } from './reconcile/whole-directory.js';
import { compareDrains } from './reconcile/drains.js';
import { compareOnePerson } from './reconcile/each-person.js';
import { ReconcileInstallation } from './reconcile/installation.js';

const { values: options } = parseArgs({
  options: {
    people: { type: 'string', default: '50000' },
    groups: { type: 'string', default: '2000' },
    only: { type: 'string', default: 'person,drain,directory' },
    /** Small, and only what does not depend on the machine is judged. */
    smoke: { type: 'boolean', default: false },
  },
});
const parts = new Set(options.only.split(','));
const shape = { people: Number(options.people), groups: Number(options.groups), memberships: 10 };
const report = new Report(options.smoke ? 'counts' : 'all');
const cores = options.smoke ? undefined : Cores.divide();
const installation = await ReconcileInstallation.start();
const bare = await BareClient.start(installation, cores);

try {
  const people = await addDirectory(installation.dataSource, shape);
  await installation.jira.load({ shape });
  await installation.startWorker('claim-mapping');
  const worker = await installation.startWorker('group-sync');
  cores?.reserveFor(worker.pid);
  report.line(`${shape.people} people in ${shape.memberships} of ${shape.groups} groups each`);
  const setting = { installation, shape, people, report, bare, cores, isSmoke: options.smoke };
  if (parts.has('person')) await compareOnePerson(setting);
  if (parts.has('drain')) await compareDrains(setting);
  if (parts.has('directory')) await compareDirectory(setting);
  process.exitCode = report.allMet ? 0 : 1;
} finally {
  await bare.stop();
  await installation.stop();
}
