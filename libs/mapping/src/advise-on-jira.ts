import type { Advice, TestedJira } from '@gatehouse/contracts';
import { codes } from '@gatehouse/errors';

/** What in Jira itself is in the way of a sign-in that the provider and the rules would let through. */
export function adviseOnJira(jira: TestedJira): Advice[] {
  if (jira.state === 'not-asked') return [];
  if (jira.state === 'unavailable') {
    const text = `Jira could not be asked what would happen there: ${jira.meaning}`;
    return [{ about: 'jira', severity: 'warning', text, fix: jira.action }];
  }
  return [...missingGroups(jira.groups.add), ...seatAdvice(jira.seats)];
}

type Asked = Extract<TestedJira, { state: 'asked' }>;

function missingGroups(add: Asked['groups']['add']): Advice[] {
  return add
    .filter(({ exists }) => exists === false)
    .map(({ group, because }) => ({
      about: 'jira',
      severity: 'problem',
      text: `The group ${JSON.stringify(group)} does not exist in Jira (${because}).`,
      fix: codes['jira.group_missing'].action,
    }));
}

function seatAdvice(seats: Asked['seats']): Advice[] {
  if (seats.state === 'unknown') return [];
  const { applications } = seats;
  const full = applications.filter(
    ({ change, remaining }) => change === 'takes' && remaining !== null && remaining <= 0,
  );
  const isClosed =
    applications.length > 0 && applications.every(({ change }) => change === 'none' || change === 'frees');
  return [
    ...full.map(({ application }): Advice => ({
      about: 'jira',
      severity: 'problem',
      text: `No seat of ${application} is left for this person.`,
      fix: 'Free a seat in Jira or extend its licence: until then Jira may refuse the group, or shut the person out.',
    })),
    ...(isClosed ? [noApplication] : []),
  ];
}

const noApplication: Advice = {
  about: 'jira',
  severity: 'warning',
  text: 'No group that this person would be in opens an application of Jira.',
  fix: 'Write a rule, or a default group, for one of the groups that do.',
};
