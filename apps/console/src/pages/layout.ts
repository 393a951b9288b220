import { html } from '@gatehouse/web';
import type { Html } from '@gatehouse/web';
import { consoleStylesheetVersion } from './stylesheet.js';

/** A whole page, ready to be sent. */
export interface Page {
  readonly status: number;
  readonly body: string;
}

export interface PageParts {
  readonly status?: number;
  readonly title: string;
  readonly content: Html;
  readonly wide?: boolean;
}

/** @param consolePath the console as browsers see it */
export function layout({ status = 200, title, content, wide = false }: PageParts, consolePath: string): Page {
  const page = html`<!doctype html>
    <html lang="en" dir="ltr">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="${consolePath}/assets/console.css?v=${consoleStylesheetVersion}" />
      </head>
      <body>
        <main class="${wide ? 'wide' : 'narrow'}">${content}</main>
      </body>
    </html> `;
  return { status, body: page.text };
}
