import { badRequest } from '@gatehouse/scim';

/**
 * @param url as it came, e.g. `/_sso/scim/v2/Users/1?attributes=id`; `base` is ours: `/_sso/scim/v2`
 * @returns undefined when it is not below the base
 */
export function belowBase(url: string, base: string): { path: string; query: string } | undefined {
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  if (path !== base && !path.startsWith(`${base}/`)) return undefined;
  return { path: path.slice(base.length), query: at < 0 ? '' : url.slice(at) };
}

/**
 * A slash at the end means nothing (JumpCloud sends one), and neither do two in a row (an address of ours that was copied
 * with its slash).
 * @throws ScimError 400 for what is no text
 */
export function segmentsOf(path: string): string[] {
  try {
    return path
      .split('/')
      .filter((segment) => segment !== '')
      .map(decodeURIComponent);
  } catch (error) {
    throw badRequest('invalidSyntax', 'The address has a percent sign that begins no character.', error);
  }
}
