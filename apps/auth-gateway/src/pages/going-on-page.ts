import { html } from '@gatehouse/web';
import { layout } from './layout.js';
import type { Page } from './layout.js';
import { press } from './press.js';
import type { Surroundings } from './problem-page.js';

interface Words {
  readonly title: string;
  readonly text: string;
}

/**
 * On the way to the provider, after a form: browsers refuse to follow the answer to a form to other sites
 * (`form-action` of the content security policy holds for redirects as well, in Chromium), and a page may.
 */
export function goingOnPage(address: string, { title, text }: Words, around: Surroundings): Page {
  const onwards = press({ target: 'the identity provider', contact: around.contact });
  return layout({
    title,
    site: around,
    refreshSeconds: 0,
    refreshTo: address,
    content: html` <h1>${title}</h1>
      <p role="status">${text} The page continues by itself.</p>
      <p><a class="button" href="${address}" ${onwards}>Continue</a></p>`,
  });
}
