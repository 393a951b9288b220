import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Adds up what jest reported. A run without a report, or a test file that could not even be loaded, is a failure. */
const [folder] = process.argv.slice(2);
const reports = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
const sum = (field) => reports.reduce((total, report) => total + report[field], 0);
const passed = sum('numPassedTests');
const failed = sum('numFailedTests') + sum('numRuntimeErrorTestSuites');
const skipped = sum('numPendingTests');
// Named last, because who reads a long log reads its end.
for (const suite of reports.flatMap((report) => report.testResults).filter(({ status }) => status === 'failed')) {
  const tests = suite.assertionResults.filter(({ status }) => status === 'failed');
  if (tests.length === 0) console.log(`FAILED ${suite.name}\n${firstLines(suite.message)}`);
  for (const { fullName, failureMessages } of tests) {
    console.log(`FAILED ${suite.name}: ${fullName}\n${firstLines(failureMessages.join('\n'))}`);
  }
}
if (skipped > 0) console.log(`${skipped} tests did not run; the output above says why.`);
console.log(`${passed} passed, ${reports.length === 0 ? 1 : failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/** The first lines of what jest says of a failure: the expectation and where it stands. */
function firstLines(message) {
  return message.split('\n').slice(0, 25).join('\n');
}
