const lengthMax = 4096;

/** The tags of If-Match and If-None-Match, compared weakly: `W/"3"` and `"3"` are one version (RFC 7644 3.14). */
export function matchesTag(header: string, etag: string): boolean {
  if (header.length > lengthMax) return false;
  return header.split(',').some((tag) => tag.trim() === '*' || opaque(tag) === opaque(etag));
}

/** Without what a person's groups add to the tag of an answer: a change of the person does not depend on them. */
export function versionTags(header: string): string {
  return header.length > lengthMax ? header : header.replace(/"(\d+)\.[0-9a-f]{12}"/g, '"$1"');
}

const opaque = (tag: string): string => tag.trim().replace(/^W\//i, '');
