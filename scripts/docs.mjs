import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { configurationDocumentPage, configurationPage, errorsPage, flowPage } from './docs-pages.mjs';
import { prepare } from './prepare.mjs';
import { dist, fail, root, say } from './project.mjs';

try {
  await prepare();
  const stale = (await renderAll()).filter(
    ({ path, text }) => !existsSync(path) || readFileSync(path, 'utf8') !== text,
  );
  if (!process.argv.includes('--check')) {
    for (const { path, text } of stale) writeFileSync(path, text);
  } else if (stale.length > 0) {
    say(`Not current: ${stale.map(({ name }) => `docs/${name}`).join(', ')}. Run npm run docs and commit the result.`);
    process.exit(1);
  }
} catch (error) {
  fail(error);
}

/** From the built code, so that a page cannot say anything else than the program does. */
async function renderAll() {
  const { format, resolveConfig } = await import('prettier');
  const [contracts, config, errors] = await Promise.all(['contracts', 'config', 'errors'].map(library));
  const pages = {
    'flow.md': flowPage(contracts),
    'configuration.md': configurationPage(config),
    'configuration-document.md': configurationDocumentPage(contracts),
    'errors.md': errorsPage(errors),
  };
  return Promise.all(
    Object.entries(pages).map(async ([name, markdown]) => {
      const path = join(root, 'docs', name);
      return { name, path, text: await format(markdown, { ...(await resolveConfig(path)), filepath: path }) };
    }),
  );
}

function library(name) {
  return import(pathToFileURL(join(dist, 'libs', name, 'src/index.js')).href);
}
