import { html } from '@gatehouse/web';
import { layout } from './layout.js';
import type { Page } from './layout.js';

export interface PageProblem {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  /** Finds the log lines of this request. */
  readonly reference: string;
}

export function problemPage({ status, title, text, reference }: PageProblem, { path }: { path: string }): Page {
  return layout(
    {
      status,
      title: `Error: ${title}`,
      content: html` <h1>${title}</h1>
        <div role="alert"><p>${text}</p></div>
        <ul>
          <li><a class="button quiet" href="${path}">To the console</a></li>
        </ul>
        <p class="reference">Reference: <code>${reference}</code></p>`,
    },
    path,
  );
}

/** For a request to the console at an address that is not the console's. Its stylesheet is not there either. */
export function elsewherePage(href: string): Page {
  const page = html`<!doctype html>
    <html lang="en" dir="ltr">
      <head>
        <meta charset="utf-8" />
        <title>The console lives elsewhere</title>
      </head>
      <body>
        <h1>The console lives elsewhere</h1>
        <p>Open it at <a href="${href}">${href}</a>.</p>
      </body>
    </html> `;
  return { status: 421, body: page.text };
}
