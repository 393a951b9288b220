import type { JiraRegistrationStatus } from '@gatehouse/contracts';
import { html } from '@gatehouse/web';
import type { Html } from '@gatehouse/web';
import { layout } from './layout.js';
import type { Page } from './layout.js';

export interface HomeFacts {
  readonly name: string;
  readonly role: string;
  readonly expiresAt: Date;
  readonly csrfToken: string;
  readonly parked: readonly ParkedLine[];
  /** More are parked than are shown. */
  readonly moreParked: boolean;
  readonly registration: Pick<JiraRegistrationStatus, 'state' | 'lastError'>;
  /** Our base as programs reach it. */
  readonly apiBase: string;
}

export interface ParkedLine {
  readonly job: string;
  readonly code: string;
  readonly action: string;
  readonly parkedAt: Date;
}

export function homePage(facts: HomeFacts, { path }: { path: string }): Page {
  const { name, role, expiresAt, csrfToken, apiBase } = facts;
  return layout(
    {
      title: 'Gatehouse console',
      wide: true,
      content: html` <header>
          <h1>Gatehouse console</h1>
          <form method="post" action="${path}/logout">
            <input type="hidden" name="csrf" value="${csrfToken}" />
            <button class="button quiet" type="submit">Sign out</button>
          </form>
        </header>
        <dl>
          <dt>Token</dt>
          <dd>${name}</dd>
          <dt>Role</dt>
          <dd>${role}</dd>
          <dt>Session ends</dt>
          <dd>${time(expiresAt)}</dd>
        </dl>
        <h2>Queues</h2>
        <p>
          <a href="${path}/queues/">Raw queues</a>: every job as the queue store has it, to look at and not to change.
        </p>
        <h2>Waiting for a person</h2>
        ${parkedTable(facts)}
        <h2>Jira</h2>
        ${registration(facts.registration)}
        <h2>For programs</h2>
        <p>
          The admin API is at <code>${apiBase}/api/v1</code>, described by <code>${apiBase}/api/v1/openapi.json</code>.
          Each call carries a token as <code>Authorization: Bearer</code>.
        </p>`,
    },
    path,
  );
}

function parkedTable({ parked, moreParked }: HomeFacts): Html {
  if (parked.length === 0) return html`<p>Nothing. A job that needs a decision or a repair is listed here.</p>`;
  return html`<div class="scroll" role="region" aria-label="Parked jobs" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Since</th>
            <th scope="col">Job</th>
            <th scope="col">Why</th>
            <th scope="col">What to do</th>
          </tr>
        </thead>
        <tbody>
          ${parked.map(
            ({ job, code, action, parkedAt }) =>
              html`<tr>
                <td>${time(parkedAt)}</td>
                <td>${job}</td>
                <td><code>${code}</code></td>
                <td>${action}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${moreParked && html`<p class="hint">These are the newest; the API lists all.</p>`}`;
}

const stateTexts: Record<JiraRegistrationStatus['state'], string> = {
  registered: 'Jira knows Gatehouse as its identity provider.',
  registering: 'Gatehouse is registering itself in Jira.',
  retrying: 'Gatehouse could not register itself in Jira yet and tries again.',
  'waiting-for-client-secret': 'Gatehouse registers itself in Jira once the gateway has made its secret.',
};

function registration({ state, lastError }: HomeFacts['registration']): Html {
  return html`<p>${stateTexts[state]}</p>
    ${state !== 'registered' && lastError !== null && html`<p>${lastError.message} ${lastError.action}</p>`}`;
}

function time(date: Date): Html {
  const text = date.toISOString();
  return html`<time datetime="${text}">${text.slice(0, 16).replace('T', ' ')} UTC</time>`;
}
