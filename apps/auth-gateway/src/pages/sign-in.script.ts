import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Read once: it is a part of this build, like the code around it. */
export const signInScript = readFileSync(new URL('./browser/sign-in.js', import.meta.url), 'utf8');

const version = createHash('sha256').update(signInScript).digest('hex').slice(0, 12);

/**
 * Named after its content: what is cached under this name for ever is this content, and a replica of another version
 * says that it does not have it.
 */
export const signInScriptFile = `sign-in.${version}.js`;
