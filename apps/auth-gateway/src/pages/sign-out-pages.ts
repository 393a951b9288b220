import { html } from '@gatehouse/web';
import type { SignedOut } from '../cookies/sign-out.cookies.js';
import { goingOnPage } from './going-on-page.js';
import { layout } from './layout.js';
import type { Page } from './layout.js';
import { toJira, toUs } from './press.js';
import type { Surroundings } from './problem-page.js';

export function logoutPage(around: Surroundings): Page {
  const { basePath, jiraUrl } = around;
  const signingOut = toUs(around, 'Signing out…');
  return layout({
    title: 'Sign out',
    site: around,
    content: html` <h1>Sign out?</h1>
      <p>You will be asked to sign in again the next time Jira needs to know who you are.</p>
      <form method="post" action="${basePath}/logout">
        <button class="button" type="submit" ${signingOut}>Sign out</button>
      </form>
      ${
        jiraUrl !== undefined &&
        html`<ul>
          <li><a class="button quiet" href="${jiraUrl}" ${toJira(around)}>Back to Jira</a></li>
        </ul>`
      }`,
  });
}

export function signingOutPage(address: string, around: Surroundings): Page {
  return goingOnPage(address, { title: 'Signing out', text: 'You are signed out here.' }, around);
}

/** @param how undefined for whoever comes here without having signed out in this browser lately */
export function loggedOutPage(how: SignedOut | undefined, around: Surroundings): Page {
  const { jiraUrl } = around;
  const here = how === 'jira-too' ? 'You are signed out of Jira as well. Signing in again starts there.' : openPages;
  return layout({
    title: 'You are signed out',
    site: around,
    content: html` <h1>You are signed out</h1>
      <p>${here}</p>
      ${
        jiraUrl !== undefined &&
        html`<ul>
          ${
            how !== 'jira-too' &&
            html`<li>
              <a class="button" href="${jiraUrl}/secure/Logout!default.jspa" ${toJira(around)}>Sign out of Jira too</a>
            </li>`
          }
          <li><a class="button quiet" href="${jiraUrl}" ${toJira(around)}>To Jira</a></li>
        </ul>`
      }`,
  });
}

/** Jira keeps a session of its own, and where it has an address of its own, only Jira can end it. */
const openPages =
  'Signing in again starts from Jira. Pages of Jira that are still open may stay usable until you sign out there too.';
