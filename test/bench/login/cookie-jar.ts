interface Cookie {
  readonly host: string;
  readonly path: string;
  readonly name: string;
  readonly value: string;
}

/** What a browser does with cookies, as far as a login needs it: host, path, replacement, deletion by Max-Age or Expires. */
export class CookieJar {
  private cookies: Cookie[] = [];

  take(url: URL, lines: readonly string[]): void {
    for (const line of lines) {
      const [pair, ...attributes] = line.split(';').map((text) => text.trim());
      const separator = pair!.indexOf('=');
      const attribute = (wanted: string) =>
        attributes.find((text) => text.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
      const name = pair!.slice(0, separator);
      const path = attribute('path') ?? url.pathname.replace(/\/[^/]*$/, '/');
      this.cookies = this.cookies.filter((known) => known.name !== name || known.path !== path);
      const expires = attribute('expires');
      const dead = attribute('max-age') === '0' || (expires !== undefined && Date.parse(expires) <= Date.now());
      if (!dead) this.cookies.push({ host: url.hostname, path, name, value: pair!.slice(separator + 1) });
    }
  }

  header(url: URL): string {
    return this.cookies
      .filter(({ host, path }) => host === url.hostname && covers(path, url.pathname))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }
}

/** RFC 6265 5.1.4 */
function covers(path: string, requested: string): boolean {
  return requested === path || requested.startsWith(path.endsWith('/') ? path : `${path}/`);
}
