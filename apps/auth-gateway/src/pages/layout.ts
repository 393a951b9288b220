import { html, stylesheetVersion } from '@gatehouse/web';
import type { Html } from '@gatehouse/web';
import { signInScriptFile } from './sign-in.script.js';

/** A whole page, ready to be sent. */
export interface Page {
  readonly status: number;
  readonly body: string;
  /** Address of the one script it may run. */
  readonly script: string;
  /** Seconds after which the browser asks again by itself; without script. */
  readonly refreshSeconds?: number;
  /** Not this page, but another address. */
  readonly refreshTo?: string;
}

/** Where pages of ours are, as browsers see it. */
export interface Site {
  readonly publicUrl: URL;
  readonly basePath: string;
}

export interface PageParts {
  readonly status?: number;
  readonly title: string;
  readonly content: Html;
  readonly site: Site;
  readonly refreshSeconds?: number;
  readonly refreshTo?: string;
  /** For tables, which need more room than a form. */
  readonly wide?: boolean;
}

export function layout({ status = 200, title, content, site, refreshSeconds, refreshTo, wide }: PageParts): Page {
  const assets = `${site.basePath}/assets`;
  const page = html`<!doctype html>
    <html lang="en" dir="ltr">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        ${refreshSeconds !== undefined && html`<meta http-equiv="refresh" content="${refreshOf(refreshSeconds, refreshTo)}" />`}
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="${assets}/sign-in.css?v=${stylesheetVersion}" />
        <script type="module" src="${assets}/${signInScriptFile}"></script>
      </head>
      <body>
        <main${wide && html` class="wide"`}>${content}</main>
      </body>
    </html> `;
  return {
    status,
    body: page.text,
    script: `${site.publicUrl.origin}${assets}/${signInScriptFile}`,
    ...(refreshSeconds === undefined ? {} : { refreshSeconds }),
    ...(refreshTo === undefined ? {} : { refreshTo }),
  };
}

/** As the header and the element of this name have it. */
export function refreshOf(seconds: number, to: string | undefined): string {
  return to === undefined ? String(seconds) : `${seconds}; url=${to}`;
}
