import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare } from './prepare.mjs';
import { dist, fail, root } from './project.mjs';

try {
  await prepare();
} catch (error) {
  fail(error);
}
process.chdir(root); // Relative folders, .data first of all, mean the same wherever this was started.
await import(pathToFileURL(join(dist, 'apps/suite/src/main.js')).href);
