const lengthMax = 4096;

/** The tags of If-Match and If-None-Match, compared weakly: `W/"3"` and `"3"` are one version (RFC 7644 3.14). */
export function matchesTag(header: string, etag: string): boolean {
  if (header.length > lengthMax) return false;
  return header.split(',').some((tag) => tag.trim() === '*' || opaque(tag) === opaque(etag));
}

const opaque = (tag: string): string => tag.trim().replace(/^W\//i, '');
