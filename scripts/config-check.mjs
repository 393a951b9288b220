import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare } from './prepare.mjs';
import { dist, fail, root } from './project.mjs';

await prepare().catch(fail);
process.chdir(root);
const { ConfigError, loadConfig } = await import(pathToFileURL(join(dist, 'libs/config/src/index.js')).href);
try {
  const { warnings } = loadConfig();
  for (const warning of warnings) console.log(`Warning: ${warning}`);
  console.log('The environment is valid.');
} catch (error) {
  if (!(error instanceof ConfigError)) fail(error);
  console.error(error.message);
  process.exit(1);
}
