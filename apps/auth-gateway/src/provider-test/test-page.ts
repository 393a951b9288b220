import type { Advice, ProviderTestResult, TestedMapping } from '@gatehouse/contracts';
import { html } from '@gatehouse/web';
import type { Html } from '@gatehouse/web';
import { layout } from '../pages/layout.js';
import type { Page, Site } from '../pages/layout.js';
import { claimsPart } from './claims-part.js';
import { groupsPart } from './groups-part.js';
import { jiraPart } from './jira-part.js';

const headings: Record<ProviderTestResult['outcome'], string> = {
  'would-enter': 'The test succeeded',
  'would-be-refused': 'The provider works, this person would be refused',
  failed: 'The test failed',
};

/** All that the provider said, what becomes of it here and in Jira, and what to do about what is missing (S17-S19, U06). */
export function testPage(result: ProviderTestResult, site: Site): Page {
  const title = headings[result.outcome];
  return layout({
    title: result.outcome === 'failed' ? `Error: ${title}` : title,
    site,
    wide: true,
    content: html` <h1>${title}</h1>
      <p>Nothing was saved: no account, no session, no change in Jira. You can close this window.</p>
      ${result.failure && failure(result.failure)} ${result.mapping && mapping(result.mapping)}
      ${result.mapping?.groups.explained && groupsPart(result.mapping.groups.explained)}
      ${result.jira && jiraPart(result.jira)} ${result.advice.length > 0 && advice(result.advice)}
      ${result.raw && claimsPart(result.raw, result.claims)}
      <p class="reference">
        ${result.clientAuthentication !== undefined && html`The token endpoint was asked with <code>${result.clientAuthentication}</code>.`}
        ${result.clockSkewSeconds !== undefined && html`The provider's clock is ${skewOf(result.clockSkewSeconds)}.`}
      </p>`,
  });
}

export function testOverPage(site: Site): Page {
  return layout({
    status: 404,
    title: 'Error: This test is over',
    site,
    content: html` <h1>This test is over</h1>
      <div role="alert">
        <p>Its address works once and for a few minutes. Start a new test where you started this one.</p>
      </div>`,
  });
}

function failure({
  code,
  meaning,
  action,
  reason,
  wrote,
  reference,
}: NonNullable<ProviderTestResult['failure']>): Html {
  return html`<div role="alert">
    <p>${meaning}</p>
    <p>${action}</p>
    <p>Cause: <code>${code}</code> (${reason})</p>
    ${wrote !== undefined && html`<p>The provider wrote: <q>${wrote}</q></p>`}
    ${reference !== undefined && html`<p>Reference: <code>${reference}</code></p>`}
  </div>`;
}

function mapping(mapped: TestedMapping): Html {
  const { username, email, emailVerified, displayName, groups, properties, decision, account } = mapped;
  const accounts: Record<TestedMapping['account'], string> = {
    linked: 'is linked to this identity already',
    'name-known': 'is known under this name; another identity has it',
    new: 'would be a new one, for the user of this name in Jira',
  };
  const rows: readonly (readonly [string, string])[] = [
    ['Username', username ?? 'missing'],
    ['E-mail address', email === null ? 'missing' : `${email} (${emailVerified ? 'verified' : 'not verified'})`],
    ['Display name', displayName ?? 'missing'],
    ['Groups claimed', `${groups.claimed.length} (${groups.state})`],
    ['Jira groups', groupsWithReasons(groups.reasons) || 'none'],
    ['Taken away', groups.held === null ? takenAway(groups.explained?.mode) : `nothing (${groups.held})`],
    ['User properties', properties.map(propertyText).join('; ') || 'none'],
    ['The account', accounts[account]],
    ['By these rules', decision.kind === 'enter' ? 'let in' : `refused: ${decision.meaning} ${decision.action}`],
  ];
  return html`<h2>What becomes of it</h2>
    <table>
      ${rows.map(
        ([name, value]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${value}</td>
          </tr>`,
      )}
    </table>`;
}

function takenAway(mode: 'manual' | 'onTheFly' | undefined): string {
  return mode === 'onTheFly'
    ? 'every group of Jira that is not claimed and not excluded'
    : 'what the rules manage and this list does not earn';
}

function propertyText({ key, value }: TestedMapping['properties'][number]): string {
  return value === null ? `${key}: removed` : `${key}: ${value}`;
}

/** One entry for a group that several rules give. */
function groupsWithReasons(reasons: TestedMapping['groups']['reasons']): string {
  const names = [...new Set(reasons.map(({ group }) => group))];
  const because = (name: string) => reasons.filter(({ group }) => group === name).map((reason) => reason.because);
  return names.map((name) => `${name}: ${because(name).join(', ')}`).join('; ');
}

function advice(all: readonly Advice[]): Html {
  return html`<h2>What to look at</h2>
    <ul class="advice">
      ${all.map(
        ({ severity, text, fix }) =>
          html`<li>
            <strong>${severity === 'note' ? 'Note' : severity === 'warning' ? 'Warning' : 'Problem'}:</strong> ${text}
            ${fix}
          </li>`,
      )}
    </ul>`;
}

function skewOf(seconds: number): string {
  if (Math.abs(seconds) <= 1) return 'right';
  return `${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} ours`;
}
