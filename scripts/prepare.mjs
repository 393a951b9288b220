import { buildIfNeeded } from './compile.mjs';
import { installIfNeeded } from './install.mjs';
import { assertNodeVersion } from './project.mjs';

/**
 * Makes the checkout runnable, whatever state it is in: called by every script, because npm skips
 * pre-scripts where `ignore-scripts` is set. Says what it does, and nothing when there is nothing to do.
 */
export async function prepare() {
  assertNodeVersion();
  await installIfNeeded();
  await buildIfNeeded();
}
