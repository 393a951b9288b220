import { html } from '@gatehouse/web';
import { layout } from './layout.js';
import type { Page } from './layout.js';
import type { Surroundings } from './problem-page.js';
import { waitingText } from './person-texts.js';
import { press, toJira } from './press.js';

export interface ProviderChoice {
  readonly key: string;
  readonly name: string;
}

export function choicePage(
  choices: readonly ProviderChoice[],
  { interaction, other, signedOut }: { interaction: string; other: boolean; signedOut: boolean },
  around: Surroundings,
): Page {
  const start = `${around.basePath}/login/${encodeURIComponent(interaction)}`;
  const suffix = other ? '&other=1' : '';
  return layout({
    title: 'Sign in',
    site: around,
    content: html` <h1>Sign in to Jira</h1>
      ${signedOut && html`<p role="status">You are signed out.</p>`}
      <p>${choices.length === 1 ? 'Sign in when you are ready.' : 'Choose where you have your account.'}</p>
      <ul>
        ${choices.map(
          ({ key, name }) =>
            html`<li>
              <a
                class="button"
                rel="nofollow"
                href="${start}?provider=${encodeURIComponent(key)}${suffix}"
                ${press({ target: name, contact: around.contact })}
                >${name}</a
              >
            </li>`,
        )}
      </ul>`,
  });
}

interface Wait {
  /** Why it takes longer, when something is known. */
  readonly code: string | undefined;
  readonly waitedSeconds: number;
  readonly reference: string;
  readonly refreshSeconds: number;
}

/** From here on a person may want to ask somebody, or to leave. */
const longWaitSeconds = 20;

/** Moves on by itself without script. */
export function waitingPage({ code, waitedSeconds, reference, refreshSeconds }: Wait, around: Surroundings): Page {
  const isLong = waitedSeconds >= longWaitSeconds;
  return layout({
    title: 'Preparing your account',
    site: around,
    refreshSeconds,
    content: html` <h1>Preparing your account</h1>
      <div class="waiting" aria-hidden="true"></div>
      <p role="status">${waitingText(code, waitedSeconds)}</p>
      ${
        isLong &&
        around.jiraUrl !== undefined &&
        html`<ul>
          <li><a class="button quiet" href="${around.jiraUrl}" ${toJira(around)}>Back to Jira</a></li>
        </ul>`
      }
      <div class="reference">
        ${isLong && around.contact !== undefined && html`<p>Who can help: <strong>${around.contact}</strong></p>`}
        <p>Reference: <code>${reference}</code></p>
      </div>`,
  });
}

/** For a callback that was sent twice while the first one signed the person in. */
export function alreadySignedInPage(around: Surroundings): Page {
  const { jiraUrl } = around;
  return layout({
    title: 'You are signed in',
    site: around,
    content: html` <h1>You are signed in</h1>
      <p>There is nothing left to do here.</p>
      ${jiraUrl !== undefined && html`<p><a class="button" href="${jiraUrl}" ${toJira(around)}>Continue to Jira</a></p>`}`,
  });
}

/** For a second request with the same answer, whose browser may have dropped what the first one was given. */
export function finishedElsewherePage(around: Surroundings): Page {
  const { jiraUrl } = around;
  return layout({
    title: 'Continue to Jira',
    site: around,
    content: html` <h1>Continue to Jira</h1>
      <p>This sign-in was finished by another request of this browser. Should Jira ask, sign in there once more.</p>
      ${jiraUrl !== undefined && html`<p><a class="button" href="${jiraUrl}" ${toJira(around)}>Continue to Jira</a></p>`}`,
  });
}

const askAgainSeconds = 2;

/** For a second request while the provider has not answered the first one. Moves on by itself without script. */
export function stillAnsweringPage(around: Surroundings): Page {
  return layout({
    title: 'Signing you in',
    site: around,
    refreshSeconds: askAgainSeconds,
    content: html` <h1>Signing you in</h1>
      <div class="waiting" aria-hidden="true"></div>
      <p role="status">The identity provider takes its time to answer. This page goes on by itself.</p>`,
  });
}
