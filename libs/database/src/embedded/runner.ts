import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

const execFileAsync = promisify(execFile);

/** Never ours: PG* variables would change what PostgreSQL does, and our secrets are none of its business. */
const childEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

interface Identity {
  /** Before the program and its arguments. */
  readonly prefix: readonly string[];
  /** Undefined: as ourselves. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

const ourselves: Identity = { prefix: [] };

/** Inside, the process is `nobody` and PostgreSQL is content; outside it keeps root's access to root's own folders. */
const inUserNamespace: Identity = { prefix: ['unshare', '--user', '--map-user=65534', '--map-group=65534'] };

/** Runs PostgreSQL's programs as a user they accept: they refuse root. */
export class Runner {
  private constructor(private readonly identity: Identity) {}

  /** The user that files of the cluster must belong to; undefined when whatever we write is right already. */
  get owner(): { readonly uid: number; readonly gid: number } | undefined {
    return this.identity.user;
  }

  /**
   * Existing data is run as its owner. New data: as ourselves; as root in a user namespace,
   * or where that is forbidden as an unprivileged user of the system.
   * @param program to probe: it must start, or the identity is of no use
   * @param data the folder of the cluster, which may not exist yet
   */
  static async choose(program: string, data: string): Promise<Runner> {
    const owner = await ownerOf(data);
    const us = process.getuid?.() ?? 0;
    if (us !== 0) {
      if (owner && owner.uid !== us) {
        throw new EmbeddedPostgresError(
          `The data in ${data} belongs to another user: start as that user (uid ${owner.uid}), or choose another folder with DATA_DIR.`,
        );
      }
      return Runner.probed([ourselves], program);
    }
    if (owner && owner.uid !== 0) return Runner.probed([{ prefix: [], user: owner }], program);
    const user = await unprivilegedUser();
    return Runner.probed([inUserNamespace, ...(user ? [{ prefix: [], user }] : [])], program);
  }

  private static async probed(candidates: readonly Identity[], program: string): Promise<Runner> {
    let cause: unknown;
    for (const identity of candidates) {
      const runner = new Runner(identity);
      try {
        await runner.run(program, ['--version']);
        return runner;
      } catch (error) {
        cause = error;
      }
    }
    const why =
      process.getuid?.() === 0
        ? 'PostgreSQL refuses to run as root, and no other user can run it here'
        : 'the embedded PostgreSQL does not run on this system';
    throw new EmbeddedPostgresError(
      `${capitalised(why)}: start Gatehouse as an ordinary user from a folder that user can read, or set DATABASE_URL to a PostgreSQL server.`,
      { cause },
    );
  }

  async run(program: string, parameters: readonly string[]): Promise<void> {
    const [file, ...rest] = [...this.identity.prefix, program, ...parameters];
    await execFileAsync(file!, rest, { ...this.identity.user, env: childEnvironment, cwd: '/', timeout: 120_000 });
  }

  /** In a session of its own, so that Ctrl-C at the terminal does not reach it while services still drain. */
  spawn(program: string, parameters: readonly string[], logFile: number): ChildProcess {
    const [file, ...rest] = [...this.identity.prefix, program, ...parameters];
    const child = spawn(file!, rest, {
      ...this.identity.user,
      env: childEnvironment,
      cwd: '/',
      detached: true,
      stdio: ['ignore', logFile, logFile],
    });
    child.unref();
    return child;
  }
}

async function ownerOf(path: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const { uid, gid } = await stat(path);
    return { uid, gid };
  } catch {
    return undefined;
  }
}

async function unprivilegedUser(): Promise<{ uid: number; gid: number } | undefined> {
  const entries = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = entries.find(([user]) => user === name) ?? [];
    if (Number(uid) > 0 && Number(gid) > 0) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
