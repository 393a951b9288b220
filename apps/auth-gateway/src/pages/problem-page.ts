import type { ErrorCode } from '@gatehouse/errors';
import { html } from '@gatehouse/web';
import type { Html } from '@gatehouse/web';
import { layout } from './layout.js';
import type { Page, Site } from './layout.js';
import { personText } from './person-texts.js';
import { portalFormUrl } from './portal-form-url.js';
import { toJira, toUs } from './press.js';

export interface Problem {
  readonly code: ErrorCode;
  /** What a person can quote and an operator can search the log for. */
  readonly reference: string;
  /** The code's own status unless HTTP itself says otherwise. */
  readonly status?: number;
  /** Below which the sign-in can start over; left out when there is nothing to go on with. */
  readonly interaction?: string;
  /** Whom the provider named, on a refusal. */
  readonly person?: string;
  /** There is a session of ours, and it may be of the wrong account. */
  readonly isSignedIn?: boolean;
}

export interface Surroundings extends Site {
  /** Where Jira is; undefined while it is not known. */
  readonly jiraUrl: string | undefined;
  /** Who helps, as the administrator wrote it. */
  readonly contact: string | undefined;
  readonly now: Date;
}

/** The one page on which every failure ends: static, never redirecting, with an honest status. */
export function problemPage(problem: Problem, around: Surroundings): Page {
  const { basePath, jiraUrl, contact, now } = around;
  const { status, title, text, next } = personText(problem.code);
  const start = problem.interaction && `${basePath}/login/${encodeURIComponent(problem.interaction)}`;
  const onwards = toUs(around, 'One moment…');
  const again = html`<a class="button" href="${start}" ${onwards}>Try again</a>`;
  const other = html`<a class="button" href="${start}?other=1" ${onwards}>Try another account</a>`;
  const same = html`<a class="button" href="" ${onwards}>Try again</a>`;
  const signOut = html`<a class="button quiet" href="${basePath}/logout" ${onwards}>Sign out and try another</a>`;
  const jira = html`<a class="button quiet" href="${jiraUrl}" ${toJira(around)}>Back to Jira</a>`;
  const links = [
    ...(start !== undefined && next === 'again' ? [again] : []),
    ...(start !== undefined && next === 'other' ? [other] : []),
    ...(jiraUrl !== undefined && next === 'portal' ? [portalLink(jiraUrl, around)] : []),
    ...(problem.isSignedIn ? [same, signOut] : []),
    ...(jiraUrl !== undefined ? [jira] : []),
  ];
  return layout({
    status: problem.status ?? status,
    title: `Error: ${title}`,
    site: around,
    // Without script: a screen reader and the keyboard begin where the trouble is said (E12).
    content: html` <h1>${title}</h1>
      <div role="alert" tabindex="-1" autofocus>
        ${problem.person !== undefined && html`<p>Signed in as <strong>${problem.person}</strong>.</p>`}
        <p>${text}</p>
      </div>
      ${
        links.length > 0 &&
        html`<ul>
          ${links.map((link) => html`<li>${link}</li>`)}
        </ul>`
      }
      <div class="reference" ${toCopy(title, problem.reference, now)}>
        ${contact !== undefined && html`<p>Who can help: <strong>${contact}</strong></p>`}
        <p>Reference: <code>${problem.reference}</code></p>
        <p>Time: <time datetime="${now.toISOString()}">${inWords(now)}</time></p>
      </div>`,
  });
}

function portalLink(jiraUrl: string, around: Surroundings): Html {
  return html`<a class="button" href="${portalFormUrl(jiraUrl)}" ${toJira(around)}>Log in with a password</a>`;
}

/**
 * What the script puts on the clipboard (E09). Not the error's code: several refusals share one text so that a stranger
 * does not learn which it was, and the reference leads an operator to the code.
 */
function toCopy(title: string, reference: string, now: Date): Html {
  const details = `${title}\nReference: ${reference}\nTime: ${now.toISOString()}`;
  const failed = 'Copying did not work: select the reference instead.';
  return html`data-copy="${details}" data-copy-label="Copy details" data-copied="Copied" data-copy-failed="${failed}"`;
}

/** In UTC, which it names: the page does not know where its reader is, and a log speaks UTC too. */
function inWords(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
