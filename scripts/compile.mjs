import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join, relative } from 'node:path';
import { dist, root, say, ScriptError } from './project.mjs';

const stampName = '.stamp';
const buildFiles = ['.swcrc', 'package-lock.json', 'scripts/compile.mjs'];

/** Compiles when a source is new, changed or gone since the last build. Looking costs some 20 ms. */
export async function buildIfNeeded() {
  const sources = listSources();
  const wanted = fingerprint(sources);
  const stamp = join(dist, stampName);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const started = Date.now();
  say('Building ...');
  await build(sources, wanted);
  say(`Built ${sources.length} files in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}

/** Compiles further sources into dist/, beside the build. They are gone with the next one. */
export async function compileBeside(folders) {
  const sources = folders.flatMap((folder) => filesBelow(folder)).filter((file) => file.endsWith('.ts'));
  await Promise.all(sources.map((source) => emit(source, dist)));
}

/** Into a folder of its own that takes the place of dist/ when it is whole: nothing stale stays, nothing half is ever run. */
async function build(sources, stamp) {
  removeLeftovers();
  const draft = `${dist}.new-${process.pid}`;
  const failures = [];
  await Promise.all(
    sources.map((source) =>
      emit(source, draft).catch((error) => {
        failures.push(`${source}: ${error.message.split('\n\n\nCaused by')[0].trim()}`);
      }),
    ),
  );
  if (failures.length > 0) {
    rmSync(draft, { recursive: true, force: true });
    throw new ScriptError(`The build failed:\n${failures.join('\n')}`);
  }
  writeFileSync(join(draft, 'package.json'), '{ "type": "module" }\n');
  writeFileSync(join(draft, stampName), stamp);
  replaceDist(draft);
}

async function emit(source, target) {
  const output = join(target, source);
  mkdirSync(dirname(output), { recursive: true });
  if (!source.endsWith('.ts')) {
    cpSync(join(root, source), output);
    return;
  }
  const swc = await compiler();
  const { code, map } = await swc.transformFile(join(root, source), options());
  const script = output.replace(/\.ts$/, '.js');
  writeFileSync(script, `${code}//# sourceMappingURL=${script.slice(script.lastIndexOf('/') + 1)}.map\n`);
  writeFileSync(`${script}.map`, map);
}

let loading;
function compiler() {
  return (loading ??= import('@swc/core').then((module) => module.default));
}

/** `baseUrl` must be absolute here; only swc's command line resolves it. */
function options() {
  const { sourceMaps, module, jsc } = JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8'));
  return { sourceMaps, module, jsc: { ...jsc, baseUrl: root }, swcrc: false, configFile: false };
}

/** Of builds that were interrupted; a folder of a process that lives is in use. */
function removeLeftovers() {
  for (const name of readdirSync(root)) {
    const pid = /^dist\.(?:new|old)-(\d+)/.exec(name)?.[1];
    if (pid !== undefined && (Number(pid) === process.pid || !isAlive(Number(pid))))
      rmSync(join(root, name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Another build may have put its own folder there in between. */
function replaceDist(draft) {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const old = `${dist}.old-${process.pid}-${attempt}`;
    if (existsSync(dist)) renameSync(dist, old);
    try {
      renameSync(draft, dist);
      return;
    } catch (error) {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    } finally {
      rmSync(old, { recursive: true, force: true });
    }
  }
  throw new ScriptError('Several builds run at the same time: wait for them, then run this again.');
}

/** Everything below apps/x/src and libs/x/src that a running program needs: code without tests, and files it serves. */
function listSources() {
  const packages = ['apps', 'libs'].flatMap((group) => readdirSync(join(root, group)).map((name) => join(group, name)));
  return packages.flatMap((folder) => filesBelow(join(folder, 'src'))).sort();
}

function filesBelow(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && isWanted(entry.name))
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)));
}

function isWanted(name) {
  return (
    !/\.(spec|fixture|d)\.ts$/.test(name) && !/(\.(tsx|md|snap)|^tsconfig\.json)$/.test(name) && !name.startsWith('.')
  );
}

function fingerprint(sources) {
  const hash = createHash('sha256').update(process.versions.modules);
  for (const file of [...buildFiles, ...sources]) {
    const { mtimeMs, size } = statSync(join(root, file), { throwIfNoEntry: false }) ?? {};
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}
