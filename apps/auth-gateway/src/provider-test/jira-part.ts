import type { AskedJira, TestedJira } from '@gatehouse/contracts';
import { html } from '@gatehouse/web';
import type { Html } from '@gatehouse/web';

/** Somebody may be in thousands of groups; all of them are in the answer of the API. */
const shownGroupsMax = 50;

type Row = readonly [step: string, what: string, because: string];

/** What a sign-in would do in Jira, one step a row, each with the rule that makes it. */
export function jiraPart(jira: TestedJira): Html {
  return html`<h2>What would happen in Jira</h2>
    ${contentOf(jira)}`;
}

function contentOf(jira: TestedJira): Html {
  switch (jira.state) {
    case 'not-asked':
      return html`<p>Nothing: ${jira.because}. Jira was not asked.</p>`;
    case 'unavailable':
      return html`<p>Jira could not be asked. ${jira.meaning} ${jira.action} (<code>${jira.code}</code>)</p>`;
    case 'asked':
      return steps(jira);
  }
}

function steps({ account, profile, groups, seats }: AskedJira): Html {
  const rows: Row[] = [
    ['Account', accountText(account), [account.because, account.fix].filter(Boolean).join(' ')],
    ...profile.map(({ field, from, to, because }): Row => [fieldNames[field], `${from || 'none'} → ${to}`, because]),
    ...groups.add.map(({ group, because, exists }): Row => ['Group added', group + existence(exists), because]),
    ...groups.remove.map(({ group, because }): Row => ['Group taken away', group, because]),
    ...groups.withhold.map(({ group, because }): Row => ['Group not given', group, because]),
    ...shortened(groups.keep.map(({ group, because }): Row => ['Group kept', group, because])),
    ...seatRows(seats),
  ];
  return html`<table class="steps">
    <thead>
      <tr>
        <th scope="col">Step</th>
        <th scope="col">What</th>
        <th scope="col">Because</th>
      </tr>
    </thead>
    ${rows.map(
      ([step, what, because]) =>
        html`<tr>
          <th scope="row">${step}</th>
          <td>${what}</td>
          <td>${because}</td>
        </tr>`,
    )}
  </table>`;
}

const fieldNames = { email: 'E-mail address changed', displayName: 'Display name changed' } as const;

function accountText({ action, username, user }: AskedJira['account']): string {
  const known = user
    ? `${user.displayName}, ${user.email || 'no e-mail address'}, ${user.active ? 'active' : 'deactivated'}`
    : '';
  switch (action) {
    case 'create':
      return `${username} would be created`;
    case 'match':
      return `${username} would be linked (${known})`;
    case 'linked':
      return `${username} is linked already (${known})`;
    case 'refuse':
      // The person at the window may have claimed a stranger's name: what Jira knows of that one is for administrators.
      return user ? 'would be refused' : 'would be refused (Jira has no such user)';
  }
}

function existence(exists: boolean | null): string {
  if (exists === null) return ' (whether Jira has it could not be asked)';
  return exists ? '' : ' (does not exist in Jira)';
}

function seatRows(seats: AskedJira['seats']): Row[] {
  if (seats.state === 'unknown') return [['Licence seats', 'not known', seats.because]];
  const changes = {
    takes: 'one would be taken',
    frees: 'one would be given back',
    keeps: 'keeps its own',
    none: 'none',
  };
  return seats.applications.map(({ application, change, remaining, group, because }) => {
    const left = remaining === null ? 'no limit' : `${Math.max(0, remaining)} left now`;
    const why = group === null ? because : `${group}: ${because}`;
    return ['Licence seat', `${application}: ${changes[change]} (${left})`, why];
  });
}

function shortened(rows: readonly Row[]): Row[] {
  if (rows.length <= shownGroupsMax) return [...rows];
  return [...rows.slice(0, shownGroupsMax), ['Group kept', `and ${rows.length - shownGroupsMax} more`, '']];
}
