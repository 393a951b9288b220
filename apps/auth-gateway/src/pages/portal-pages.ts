import { html } from '@gatehouse/web';
import { layout } from './layout.js';
import type { Page } from './layout.js';
import { portalFormUrl } from './portal-form-url.js';
import { press, toJira, toUs } from './press.js';
import type { Surroundings } from './problem-page.js';
import type { ProviderChoice } from './sign-in-pages.js';

/** Longer than any e-mail address. */
export const typedNameLengthMax = 320;

interface Question {
  readonly interaction: string;
  /** What was sent is no name. */
  readonly isUnusable: boolean;
}

/** D7: who comes by the customer portal is asked for a name, because only that tells where an agent goes on. */
export function portalQuestionPage({ interaction, isUnusable }: Question, around: Surroundings): Page {
  return layout({
    title: isUnusable ? 'Error: Who are you?' : 'Sign in to the customer portal',
    site: around,
    content: html` <h1>Sign in to the customer portal</h1>
      <form method="post" action="${startOf(interaction, around)}">
        ${isUnusable && html`<p role="alert" id="trouble">Enter your username or your e-mail address.</p>`}
        <label for="name">Username or e-mail address</label>
        <input
          id="name"
          name="name"
          type="text"
          autocomplete="username"
          autocapitalize="none"
          spellcheck="false"
          maxlength="${String(typedNameLengthMax)}"
          required
          autofocus
          ${isUnusable && html`aria-invalid="true" aria-describedby="trouble"`}
        />
        <button class="button" type="submit" ${toUs(around, 'One moment…')}>Continue</button>
      </form>`,
  });
}

/**
 * The same for a customer and for somebody nobody knows, so that it tells neither (S54). Whoever is an agent all the same
 * goes on to a provider, which proves it.
 */
export function portalFormPage(choices: readonly ProviderChoice[], interaction: string, around: Surroundings): Page {
  const { jiraUrl } = around;
  const form =
    jiraUrl !== undefined &&
    html`<li><a class="button" href="${portalFormUrl(jiraUrl)}" ${toJira(around)}>Log in with a password</a></li>`;
  return layout({
    title: 'Log in with a password',
    site: around,
    content: html` <h1>Log in with a password</h1>
      <p>Customers log in with the password of the customer portal.</p>
      <ul>
        ${form}
        ${choices.map(
          ({ key, name }) =>
            html`<li>
              <a
                class="button quiet"
                rel="nofollow"
                href="${startOf(interaction, around)}?provider=${encodeURIComponent(key)}"
                ${press({ target: name, contact: around.contact })}
                >I am an agent: ${name}</a
              >
            </li>`,
        )}
      </ul>`,
  });
}

function startOf(interaction: string, { basePath }: Surroundings): string {
  return `${basePath}/login/${encodeURIComponent(interaction)}`;
}
