import { TerminalError } from '@gatehouse/errors';

export function entityTag(version: number): string {
  return `"${version}"`;
}

/** A change must say what it changes (RFC 6585 section 3). @throws TerminalError config.if_match_missing */
export function requireIfMatch(header: string | undefined): asserts header is string {
  if (header !== undefined && header.trim() !== '') return;
  throw new TerminalError(
    'config.if_match_missing',
    'Send If-Match with the ETag of the configuration you read, or * to replace whatever is there.',
  );
}

/**
 * The header must name the version that holds now, or be `*`. A weak tag never matches (RFC 9110 section 13.1.1).
 * @throws TerminalError config.stale
 */
export function assertIfMatch(header: string, version: number): void {
  if (isMatch(header, entityTag(version))) return;
  throw new TerminalError(
    'config.stale',
    `The configuration was changed in the meantime: version ${version} holds now.`,
  );
}

/** `If-Match` against what holds now. */
export function isMatch(header: string, holds: string): boolean {
  const tags = header.split(',').map((tag) => tag.trim());
  return tags.includes('*') || tags.includes(holds);
}
