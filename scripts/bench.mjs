import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compileBeside } from './compile.mjs';
import { prepare } from './prepare.mjs';
import { dist, fail, root, ScriptError } from './project.mjs';

/** What a benchmark may lean on besides the product: the harnesses of the tests. */
const folders = ['test/bench', 'test/flows/support', 'libs/messaging/test'];

/** `npm run bench <name>` runs test/bench/<name>.bench.ts in a process of its own; its exit code says whether the goals are met. */
try {
  const [name = '', ...rest] = process.argv.slice(2);
  if (!/^[a-z-]+$/.test(name) || !existsSync(join(root, `test/bench/${name}.bench.ts`)))
    throw new ScriptError('Say which benchmark: npm run bench login, queue, backlog, scim, cycle or reconcile.');
  await prepare();
  await compileBeside(folders);
  const bench = spawn(
    process.execPath,
    ['--import', 'reflect-metadata', join(dist, `test/bench/${name}.bench.js`), ...rest],
    { cwd: root, stdio: 'inherit' },
  );
  bench.once('error', fail);
  bench.once('exit', (code) => process.exit(code ?? 1));
} catch (error) {
  fail(error);
}
