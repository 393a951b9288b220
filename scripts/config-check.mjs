import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare } from './prepare.mjs';
import { dist, fail, root } from './project.mjs';

/** What `npm start` would read, from the same folder and by the same code. */
try {
  await prepare();
  process.chdir(root);
  const { checkStart } = await import(pathToFileURL(join(dist, 'apps/console/src/config/check-start.js')).href);
  const { problems, warnings, configFile } = await checkStart();
  for (const warning of warnings) console.log(`Warning: ${warning}`);
  for (const problem of problems) console.error(problem);
  const said = configFile
    ? `The environment and ${configFile} are valid.`
    : 'The environment is valid. CONFIG_FILE is not set.';
  if (problems.length === 0) console.log(said);
  else process.exitCode = 1; // Not exit(): what was written to a pipe would be cut.
} catch (error) {
  fail(error);
}
