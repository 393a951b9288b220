import { createHash } from 'node:crypto';
import { demoPassword, demoPeople } from './people.js';

const style = `
:root { color-scheme: light dark; --ground: #f4f5f7; --card: #fff; --ink: #1c2330; --quiet: #55607a; --line: #b9c0cf; --act: #1d4ed8; --on-act: #fff; --bad: #a8071a; }
@media (prefers-color-scheme: dark) { :root { --ground: #12161f; --card: #1c2230; --ink: #e8ebf2; --quiet: #a9b3c8; --line: #4a556d; --act: #8ab4ff; --on-act: #0c1220; --bad: #ff9c94; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 26rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.75rem; }
h1 { margin: 0 0 .25rem; font-size: 1.4rem; }
p { margin: .25rem 0 1rem; }
.mark { margin: 0 0 1rem; color: var(--quiet); font-size: .875rem; font-weight: 600; text-transform: uppercase; letter-spacing: .04em; }
label { display: block; margin: .75rem 0 .25rem; font-weight: 600; }
input { width: 100%; padding: .6rem .7rem; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--quiet); border-radius: .4rem; }
button { width: 100%; margin-top: 1.25rem; padding: .65rem; font: inherit; font-weight: 600; color: var(--on-act); background: var(--act); border: 0; border-radius: .4rem; cursor: pointer; }
:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
[role=alert] { color: var(--bad); font-weight: 600; }
section { margin-top: 1.5rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: .9rem; color: var(--quiet); }
h2 { margin: 0 0 .5rem; font-size: .95rem; color: var(--ink); }
ul { margin: 0; padding: 0; list-style: none; }
code { font-family: ui-monospace, monospace; color: var(--ink); overflow-wrap: anywhere; }
`;

/**
 * No script, no request to anywhere else. There is no `form-action`: browsers apply it to the redirects that follow a
 * form too, and those lead through the relying party to addresses this server cannot know.
 */
export const pagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

export interface LoginPage {
  /** Where the form is sent, with the parameters of the authorization request. */
  readonly action: string;
  readonly xsrfToken: string;
  readonly clientName: string;
  readonly username: string;
  readonly problem: string | undefined;
}

export function loginPage({ action, xsrfToken, clientName, username, problem }: LoginPage): string {
  return layout(
    'Sign in',
    `<h1>Sign in</h1>
    <p>to continue to <strong>${escaped(clientName)}</strong></p>
    ${problem === undefined ? '' : `<p role="alert" id="problem">${escaped(problem)}</p>`}
    <form method="post" action="${escaped(action)}">
      <input type="hidden" name="_csrf" value="${escaped(xsrfToken)}">
      <label for="username">Username</label>
      <input id="username" name="username" value="${escaped(username)}" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus${problem === undefined ? '' : ' aria-describedby="problem" aria-invalid="true"'}>
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="current-password" required>
      <button type="submit">Sign in</button>
    </form>
    ${peopleHint()}`,
  );
}

export function errorPage(error: string, explanation: string): string {
  return layout(
    'An error was encountered',
    `<h1>An error was encountered</h1>
    <p role="alert"><code>${escaped(error)}</code></p>
    <p>${escaped(explanation)}</p>`,
  );
}

export function homePage(issuer: string): string {
  return layout(
    'Sandbox identity provider',
    `<h1>Nothing to sign in to here</h1>
    <p>Start at the application. The issuer is <code>${escaped(issuer)}</code>.</p>
    ${peopleHint()}`,
  );
}

function peopleHint(): string {
  const rows = demoPeople
    .map(({ username, hint }) => `<li><code>${escaped(username)}</code> ${escaped(hint)}</li>`)
    .join('');
  return `<section aria-labelledby="people"><h2 id="people">People to try, password <code>${demoPassword}</code></h2><ul>${rows}</ul></section>`;
}

function layout(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(title)} - Sandbox identity provider</title><style>${style}</style></head>
<body><main><p class="mark">Sandbox identity provider</p>
    ${content}
</main></body>
</html>
`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
