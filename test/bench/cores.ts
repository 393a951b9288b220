import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';

/**
 * A core for the measured process alone, and the others for everybody else: driver, identity provider, PostgreSQL, other
 * services. Without it the scheduler decides anew at every run who shares a cache with whom, and what one process costs
 * depends on how busy the others are.
 */
export class Cores {
  private constructor(
    private readonly shared: string,
    private readonly reserved: string,
  ) {}

  /** Call it before anything else is started: children keep to the cores of their parent. @returns undefined: not here */
  static divide(): Cores | undefined {
    const count = cpus().length;
    if (process.platform !== 'linux' || count < 2) return undefined;
    const cores = new Cores(count === 2 ? '0' : `0-${count - 2}`, String(count - 1));
    return keepTo(cores.shared, process.pid) ? cores : undefined;
  }

  /** Whether the stores need not share the core of driver, provider and Jira: only then is a rate that of the measured process. */
  get areEnough(): boolean {
    return cpus().length >= 3;
  }

  reserveFor(pid: number): void {
    if (!keepTo(this.reserved, pid)) throw new Error(`process ${pid} cannot be given core ${this.reserved}`);
  }

  /** It is measured no more. */
  release(pid: number): void {
    if (!keepTo(this.shared, pid)) throw new Error(`process ${pid} cannot be given cores ${this.shared}`);
  }
}

/** All threads of a process (util-linux). */
function keepTo(cores: string, pid: number): boolean {
  return spawnSync('taskset', ['-a', '-p', '-c', cores, String(pid)], { stdio: 'ignore' }).status === 0;
}
