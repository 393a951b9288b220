import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.mjs';
import { root, say, ScriptError } from './project.mjs';

const lockFile = join(root, 'package-lock.json');
const modules = join(root, 'node_modules');
const stamp = join(modules, '.gatehouse-lock-hash');

/**
 * Installs when there is nothing installed, or something else than the lockfile says.
 * The stamp is written last: an interrupted installation has none and is made anew.
 */
export async function installIfNeeded() {
  const wanted = fingerprint();
  if (readIfThere(stamp) === wanted) return;
  if (installedByHand()) {
    writeFileSync(stamp, wanted);
    return;
  }
  rmSync(stamp, { force: true });
  say('Installing dependencies, about half a minute ...');
  const started = Date.now();
  // --include=dev: with NODE_ENV=production npm would leave out the compiler.
  const parameters = [
    existsSync(lockFile) ? 'ci' : 'install',
    '--include=dev',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const { code } = await npm(parameters, { show: true }).catch((error) => {
    throw new ScriptError(`npm could not be started (${error.message}): install npm, then run this again.`);
  });
  if (code !== 0) {
    throw new ScriptError(
      `The dependencies could not be installed: see what npm says above (often the network or the registry), then run this again.`,
    );
  }
  writeFileSync(stamp, fingerprint());
  say(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/** The platform belongs to it: a folder shared between two systems holds the binaries of one. */
function fingerprint() {
  const manifest = existsSync(lockFile) ? lockFile : join(root, 'package.json');
  const hash = createHash('sha256').update(readFileSync(manifest));
  return hash.update(`${process.platform}-${process.arch}`).digest('hex');
}

/** npm writes its own record as the last step of an installation: equal to the lockfile means nothing is missing. */
function installedByHand() {
  const record = readIfThere(join(modules, '.package-lock.json'));
  const lock = readIfThere(lockFile);
  if (record === undefined || lock === undefined) return false;
  const installed = JSON.parse(record).packages;
  return Object.entries(JSON.parse(lock).packages).every(([path, wanted]) => {
    if (path === '') return true;
    const actual = installed[path];
    return actual ? actual.version === wanted.version : wanted.optional === true && !isBinaryForUs(wanted);
  });
}

/** Other optional packages may be absent: those of other platforms, and what only those depend on. */
function isBinaryForUs({ os, cpu, libc }) {
  return os?.includes(process.platform) === true && cpu?.includes(process.arch) === true && libc === undefined;
}

function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
