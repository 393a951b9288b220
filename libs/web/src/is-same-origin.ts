interface RequestHeaders {
  readonly origin?: string | undefined;
  readonly 'sec-fetch-site'?: string | string[] | undefined;
}

/**
 * Whether a page of ours sent this POST. SameSite already keeps the cookie from other sites, but not from other
 * hosts of the same site. A browser sends at least one of the two headers; without both it is refused.
 */
export function isSameOrigin(headers: RequestHeaders, publicOrigin: string): boolean {
  const site = headers['sec-fetch-site'];
  // A page with Referrer-Policy no-referrer, like ours, sends `Origin: null`: then only the other header can tell.
  if (headers.origin !== undefined && headers.origin !== 'null' && headers.origin !== publicOrigin) return false;
  if (site !== undefined) return site === 'same-origin';
  return headers.origin === publicOrigin;
}
