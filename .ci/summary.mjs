import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Adds up what jest reported. A run without a report, or a test file that could not even be loaded, is a failure. */
const [folder] = process.argv.slice(2);
const reports = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
const sum = (field) => reports.reduce((total, report) => total + report[field], 0);
const passed = sum('numPassedTests');
const failed = sum('numFailedTests') + sum('numRuntimeErrorTestSuites');
const skipped = sum('numPendingTests');
if (skipped > 0) console.log(`${skipped} tests did not run; the output above says why.`);
console.log(`${passed} passed, ${reports.length === 0 ? 1 : failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
