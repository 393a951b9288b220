import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare } from './prepare.mjs';
import { dist, fail, root, ScriptError } from './project.mjs';

/** Everything in one process, or the service that is named: `node scripts/start.mjs group-sync`. */
const [service = 'suite'] = process.argv.slice(2);
const main = join(dist, 'apps', service, 'src/main.js');
try {
  await prepare();
  if (!existsSync(main)) throw new ScriptError(`There is no service ${service}: see the folders below apps/.`);
} catch (error) {
  fail(error);
}
process.chdir(root); // Relative folders, .data first of all, mean the same wherever this was started.
await import(pathToFileURL(main).href);
