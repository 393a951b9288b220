import { html } from './html.js';
import type { Html } from './html.js';

export interface Layout {
  readonly contextPath: string;
  readonly title: string;
  /** Links at the top right. */
  readonly nav?: readonly { readonly text: string; readonly href: string }[];
}

/** The frame of every page. It says on each that this is not Jira. */
export function layout({ contextPath, title, nav = [] }: Layout, content: Html): Html {
  const links = nav.map(({ text, href }) => html`<a href="${contextPath}${href}">${text}</a>`);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} - Sandbox Jira</title>
        <link rel="stylesheet" href="${contextPath}/s/sandbox-jira.css" />
        <link rel="icon" href="${contextPath}/favicon.ico" />
      </head>
      <body>
        <header>
          <a class="brand" href="${contextPath}/secure/Dashboard.jspa">Sandbox Jira</a>
          <nav aria-label="Account">${links}</nav>
        </header>
        <main>${content}</main>
        <footer>A stand-in for Jira Data Center 10.3, for trying things out. It is not Jira.</footer>
      </body>
    </html> `;
}

export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#7a4b00"/><path d="M5 4h6v1.6H9V12H7V5.6H5z" fill="#fff"/></svg>`;

export const stylesheet = `
:root { color-scheme: light dark; --text: #1d2125; --soft: #565e69; --back: #f4f5f7; --card: #fff; --line: #c9ced6;
  --accent: #7a4b00; --accent-text: #fff; --bad: #a32014; --bad-back: #fdeceb; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ed; --soft: #a9b2bd; --back: #16191d; --card: #20242a; --line: #4a525d;
    --accent: #f0b45c; --accent-text: #1d1500; --bad: #ff9d94; --bad-back: #3a1d1b; }
}
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; justify-content: space-between;
  padding: .75rem 1.25rem; background: var(--card); border-bottom: 3px dashed var(--accent); }
.brand { font-weight: 700; color: var(--text); text-decoration: none; }
nav { display: flex; gap: 1rem; }
a { color: var(--accent); }
main { max-width: 40rem; margin: 2rem auto; padding: 1.5rem; background: var(--card); border: 1px solid var(--line);
  border-radius: .5rem; overflow-wrap: anywhere; }
h1 { margin: 0 0 1rem; font-size: 1.4rem; line-height: 1.25; }
h2 { margin: 1.5rem 0 .5rem; font-size: 1.05rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; }
ul { margin: 0; padding-left: 1.2rem; }
label { display: block; margin: .75rem 0 .25rem; font-weight: 600; }
label.check { display: flex; gap: .5rem; align-items: center; font-weight: 400; }
input[type=text], input[type=password] { width: 100%; padding: .5rem .6rem; font: inherit; color: inherit;
  background: var(--back); border: 1px solid var(--soft); border-radius: .25rem; }
button, a.button { display: block; width: 100%; margin-top: 1rem; padding: .6rem 1rem; font: inherit; font-weight: 600;
  text-align: center; text-decoration: none; border: 1px solid var(--accent); border-radius: .25rem; cursor: pointer; }
button { color: var(--accent-text); background: var(--accent); }
a.button { color: var(--accent); background: transparent; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.error { margin: 0 0 1rem; padding: .75rem 1rem; color: var(--bad); background: var(--bad-back);
  border: 1px solid var(--bad); border-radius: .25rem; }
footer { max-width: 40rem; margin: 0 auto 2rem; padding: 0 1.5rem; color: var(--soft); font-size: .85rem; }
`;
