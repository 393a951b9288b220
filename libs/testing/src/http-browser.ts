interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly host: string;
  readonly path: string;
}

export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

const redirectsMax = 20;

/**
 * A browser without script: cookies by host and path (ports do not separate them, as in real browsers),
 * redirects and pages that lead on at once followed and remembered, forms submitted as they stand in the page.
 */
export class HttpBrowser {
  private cookies: Cookie[] = [];
  /** Every address visited, in order. */
  readonly history: URL[] = [];

  /** @param fetch for a browser that trusts other certificates */
  constructor(private readonly fetch: typeof globalThis.fetch = globalThis.fetch) {}

  async get(address: string | URL): Promise<Page> {
    return this.follow(new URL(address), { method: 'GET' });
  }

  async post(
    address: string | URL,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Page> {
    return this.follow(new URL(address), {
      method: 'POST',
      body: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });
  }

  /** Fills in and sends the (only, or first matching) form of a page, hidden fields included. */
  async submit(page: Page, fields: Record<string, string>): Promise<Page> {
    const form = formOf(page.body);
    const target = new URL(form.action || page.url.href, page.url);
    return this.post(
      target,
      { ...form.fields, ...fields },
      { origin: page.url.origin, 'sec-fetch-site': 'same-origin' },
    );
  }

  /** Follows the link whose text contains `text`. */
  async click(page: Page, text: string): Promise<Page> {
    for (const [, attributes, content] of page.body.matchAll(/<a\b([^>]*)>([\s\S]*?)<\/a\s*>/gi)) {
      const href = attribute(attributes!, 'href');
      if (href !== undefined && plain(content!).includes(text)) return this.get(new URL(href, page.url));
    }
    throw new Error(`no link "${text}" on ${page.url.href}:\n${plain(page.body).slice(0, 800)}`);
  }

  cookie(name: string): string | undefined {
    return this.cookies.find((cookie) => cookie.name === name)?.value;
  }

  cookieNames(): string[] {
    return this.cookies.map(({ name }) => name);
  }

  /** Sets a cookie that no answer set, as a sibling host or a network without TLS can. */
  plant(name: string, value: string, host = 'localhost'): void {
    this.cookies.push({ name, value, host, path: '/' });
  }

  forget(match: RegExp): void {
    this.cookies = this.cookies.filter(({ name }) => !match.test(name));
  }

  /** One request, without following anything. */
  async request(url: URL, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    const cookie = this.cookies
      .filter(({ host, path }) => host === url.hostname && pathMatches(url.pathname, path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
    if (cookie) headers.set('cookie', cookie);
    if (!headers.has('accept')) headers.set('accept', 'text/html');
    const response = await this.fetch.call(undefined, url, {
      ...init,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(20_000),
    });
    for (const header of response.headers.getSetCookie()) this.keep(header, url);
    return response;
  }

  private async follow(start: URL, init: RequestInit): Promise<Page> {
    let url = start;
    let next = init;
    for (let hop = 0; hop <= redirectsMax; hop += 1) {
      this.history.push(url);
      const response = await this.request(url, next);
      const isRedirect = response.status >= 300 && response.status <= 399;
      const location = isRedirect ? response.headers.get('location') : leadsOnTo(response.headers.get('refresh'));
      if (location === null) {
        return { url, status: response.status, headers: response.headers, body: await response.text() };
      }
      await response.body?.cancel();
      url = new URL(location, url);
      if (!isRedirect || (response.status !== 307 && response.status !== 308)) next = { method: 'GET' };
    }
    throw new Error(`a redirect loop:\n${this.history.slice(-redirectsMax).map(String).join('\n')}`);
  }

  private keep(header: string, url: URL): void {
    const [pair, ...attributes] = header.split(';').map((part) => part.trim());
    const separator = pair!.indexOf('=');
    const name = pair!.slice(0, separator);
    const value = pair!.slice(separator + 1);
    const find = (key: string) =>
      attributes.find((part) => part.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1);
    const path = find('path') ?? '/';
    const expires = find('expires');
    const gone = find('max-age') === '0' || (expires !== undefined && new Date(expires) <= new Date());
    this.cookies = this.cookies.filter(
      (cookie) => !(cookie.name === name && cookie.path === path && cookie.host === url.hostname),
    );
    if (!gone) this.cookies.push({ name, value, host: url.hostname, path });
  }
}

/** A page with `Refresh: 0; url=...` is left as soon as it is there; one with a delay is shown. */
function leadsOnTo(refresh: string | null): string | null {
  return /^0\s*;\s*url=(.+)$/i.exec(refresh ?? '')?.[1] ?? null;
}

/** RFC 6265 section 5.1.4 */
function pathMatches(requestPath: string, cookiePath: string): boolean {
  if (requestPath === cookiePath) return true;
  return requestPath.startsWith(cookiePath) && (cookiePath.endsWith('/') || requestPath[cookiePath.length] === '/');
}

function formOf(html: string): { action: string; fields: Record<string, string> } {
  const form = /<form\b([^>]*)>([\s\S]*?)<\/form\s*>/i.exec(html);
  if (!form) throw new Error(`no form on the page:\n${plain(html).slice(0, 800)}`);
  const fields: Record<string, string> = {};
  for (const [, attributes] of form[2]!.matchAll(/<input\b([^>]*)>/gi)) {
    const name = attribute(attributes!, 'name');
    const type = attribute(attributes!, 'type');
    if (name && type !== 'submit' && type !== 'checkbox') fields[name] = attribute(attributes!, 'value') ?? '';
  }
  return { action: attribute(form[1]!, 'action') ?? '', fields };
}

function attribute(attributes: string, name: string): string | undefined {
  const match = new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'i').exec(attributes);
  const value = match?.[1] ?? match?.[2];
  return value === undefined ? undefined : unescapeHtml(value);
}

/** What a person reads on a page. */
export function plain(html: string): string {
  const text = html.replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]+>/g, ' ');
  return unescapeHtml(text).replace(/\s+/g, ' ').trim();
}

const entities: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  '#x27': "'",
  '#x2F': '/',
};

function unescapeHtml(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39|#x27|#x2F);/g, (_, entity: string) => entities[entity]!);
}
