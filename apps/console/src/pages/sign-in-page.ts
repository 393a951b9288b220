import { html } from '@gatehouse/web';
import { layout } from './layout.js';
import type { Page } from './layout.js';

export interface SignInFailure {
  readonly status: 401 | 429;
  readonly text: string;
}

/** @param next where to go afterwards, within the console */
export function signInPage(
  { next, failure }: { next: string; failure?: SignInFailure },
  { path }: { path: string },
): Page {
  return layout(
    {
      status: failure?.status ?? 200,
      title: failure ? 'Error: Sign in to the console' : 'Sign in to the console',
      content: html` <h1>Sign in to the console</h1>
        ${failure && html`<div role="alert" id="failure"><p>${failure.text}</p></div>`}
        <form method="post" action="${path}/login">
          <input type="hidden" name="next" value="${next}" />
          <label for="token">Token</label>
          <input
            id="token"
            name="token"
            type="password"
            required
            autofocus
            autocomplete="current-password"
            spellcheck="false"
            maxlength="512"
            aria-describedby="${failure ? 'failure hint' : 'hint'}"
          />
          <p class="hint" id="hint">
            The admin token, or one an administrator made for you. The session lasts 30 minutes.
          </p>
          <button class="button" type="submit">Sign in</button>
        </form>`,
    },
    path,
  );
}
