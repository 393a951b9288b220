import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { root } from './project.mjs';

/** The npm that started us, if it was npm; otherwise the one on the path. */
function npmCommand() {
  const running = process.env.npm_execpath;
  if (running && basename(running).startsWith('npm')) return [process.execPath, running];
  return ['npm'];
}

/**
 * Runs npm in the project. Resolves to its exit code and, unless the output is shown, what it printed.
 * @param {readonly string[]} parameters
 * @param {{ show?: boolean }} options
 */
export function npm(parameters, { show = false } = {}) {
  const [file, ...first] = npmCommand();
  return new Promise((resolve, reject) => {
    // npm's own chatter belongs to standard error: standard output is the program's.
    const stdio = ['ignore', show ? process.stderr : 'pipe', show ? process.stderr : 'pipe'];
    const child = spawn(file, [...first, ...parameters], { cwd: root, stdio });
    const chunks = [];
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.stderr?.on('data', (chunk) => chunks.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() }));
  });
}
