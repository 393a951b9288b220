import { plain } from '@gatehouse/testing';
import type { Page } from '@gatehouse/testing';

export type Whereabouts =
  /** In Jira, on the page that was asked for. */
  | { readonly kind: 'landed' }
  /** Told that they may not enter. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'link'; readonly text: string }
  /** Asked for name and password by the identity provider. */
  | { readonly kind: 'identify' }
  /** On a page that refreshes itself. */
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'error'; readonly says: string };

/** What a person sees on a page, and so does next. */
export function whereIs(page: Page): Whereabouts {
  const says = plain(page.body).slice(0, 300);
  if (page.status === 403 || /incorrect username or password/i.test(says)) return { kind: 'refused' };
  if (page.status >= 400) return { kind: 'error', says: `${page.status} ${says}` };
  if (page.url.pathname.startsWith('/browse/')) return { kind: 'landed' };
  const seconds = refreshSeconds(page);
  if (seconds !== undefined) return { kind: 'wait', seconds };
  for (const text of ['single sign-on', 'Company']) if (hasLink(page, text)) return { kind: 'link', text };
  if (/type="?password/i.test(page.body) && !page.url.pathname.startsWith('/login.jsp')) {
    return { kind: 'identify' };
  }
  return { kind: 'error', says };
}

function hasLink({ body }: Page, text: string): boolean {
  return [...body.matchAll(/<a\b[^>]*>([\s\S]*?)<\/a\s*>/gi)].some(([, content]) => plain(content!).includes(text));
}

function refreshSeconds({ headers, body }: Page): number | undefined {
  const header = headers.get('refresh') ?? /http-equiv="?refresh"?[^>]*content="?(\d+)/i.exec(body)?.[1];
  return header === undefined ? undefined : Number.parseInt(header, 10);
}
