import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
export const dist = join(root, 'dist');

/** For a person at the terminal: one sentence that says what to do, no stack. */
export class ScriptError extends Error {
  constructor(message) {
    super(message);
    this.name = 'ScriptError';
  }
}

export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Ends the process with one sentence where the cause is known, with the stack where it is not. */
export function fail(error) {
  say(error instanceof ScriptError ? `\n${error.message}` : `\n${error?.stack ?? error}`);
  process.exit(1);
}

/** The version in the manifest is a promise to people, so it is checked before anything that would fail obscurely. */
export function assertNodeVersion(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new ScriptError(
    `Gatehouse needs Node.js 20.19 or newer, and this is ${version}: install a newer one from https://nodejs.org.`,
  );
}
