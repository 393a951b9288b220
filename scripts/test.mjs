import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { prepare } from './prepare.mjs';
import { fail, root } from './project.mjs';

await prepare().catch(fail);

// What steers Node or the product in this shell must not steer the tests.
const environment = { ...process.env };
delete environment.NODE_OPTIONS;
delete environment.NODE_ENV;
const jest = spawn(
  process.execPath,
  [
    '--experimental-vm-modules', // Jest needs it for ES modules before Node 24.9.
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit', env: environment },
);
process.on('SIGINT', () => undefined); // The terminal sends it to jest too, which stops its servers first.
process.on('SIGTERM', () => jest.kill('SIGTERM'));
jest.once('error', fail);
jest.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
