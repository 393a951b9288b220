import type { ErrorCode } from '@gatehouse/errors';
import { html } from '@gatehouse/web';
import { layout } from './layout.js';
import type { Page } from './layout.js';
import { personText } from './person-texts.js';

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
}

export interface Surroundings {
  readonly basePath: string;
  /** Where Jira is; undefined while it is not known. */
  readonly jiraUrl: string | undefined;
}

/** The one page on which every failure ends: static, never redirecting, with an honest status. */
export function problemPage(problem: Problem, { basePath, jiraUrl }: Surroundings): Page {
  const { status, title, text, next } = personText(problem.code);
  const start = problem.interaction && `${basePath}/login/${encodeURIComponent(problem.interaction)}`;
  const again = html`<a class="button" href="${start}">Try again</a>`;
  const other = html`<a class="button" href="${start}?other=1">Sign in as somebody else</a>`;
  const jira = html`<a class="button quiet" href="${jiraUrl}">Back to Jira</a>`;
  const links = [
    ...(start !== undefined && next === 'again' ? [again] : []),
    ...(start !== undefined && next === 'other' ? [other] : []),
    ...(jiraUrl !== undefined ? [jira] : []),
  ];
  return layout({
    status: problem.status ?? status,
    title: `Error: ${title}`,
    basePath,
    content: html` <h1>${title}</h1>
      <div role="alert">
        ${problem.person !== undefined && html`<p>Signed in as <strong>${problem.person}</strong>.</p>`}
        <p>${text}</p>
      </div>
      ${
        links.length > 0 &&
        html`<ul>
          ${links.map((link) => html`<li>${link}</li>`)}
        </ul>`
      }
      <p class="reference">Reference: <code>${problem.reference}</code></p>`,
  });
}
