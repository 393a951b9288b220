import { person } from '../scim/shape.js';

export interface Company {
  readonly people: number;
  readonly groups: number;
  /** Of each person. */
  readonly memberships: number;
}

/** In Jira a group has the name that it has at the provider. */
export const groupPrefix = 'cycle-';
export const groupName = (group: number): string => `${groupPrefix}${String(group).padStart(5, '0')}`;
export const personName = (index: number): string => `person-${String(index).padStart(6, '0')}`;

/** As Entra sends somebody it creates. */
export function userOf(index: number) {
  const address = `${personName(index)}@example.com`;
  return { ...person(personName(index), index), emails: [{ type: 'work', value: address, primary: true }] };
}

/** Spread over all groups, so that each is filled by many. */
export function groupsOf(index: number, { groups, memberships }: Company): readonly number[] {
  const step = Math.max(1, Math.floor(groups / memberships));
  return Array.from({ length: Math.min(memberships, groups) }, (_, nth) => (index + nth * step) % groups);
}

/** By the group: the people in it. */
export function membersOf(company: Company): readonly (readonly number[])[] {
  const members: number[][] = Array.from({ length: company.groups }, () => []);
  for (let index = 0; index < company.people; index += 1)
    for (const group of groupsOf(index, company)) members[group]!.push(index);
  return members;
}
