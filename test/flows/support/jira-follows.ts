import { expect } from '@jest/globals';
import { waitFor } from '@gatehouse/testing';
import { jiraUser } from './sandbox.js';
import type { SandboxUser } from './sandbox.js';
import type { Site } from './site.js';

/** What the sandbox's mapping can give. */
const mapped = ['jira-developers', 'jira-support'];

/** Waits until Jira has a user as it should be, and shows the last one seen where that never comes. */
export async function jiraFollows(site: Site, name: string, expected: Partial<SandboxUser>): Promise<void> {
  let seen: SandboxUser | undefined;
  const isSo = async () => {
    seen = await jiraUser(site, name);
    return seen !== undefined && differs(seen, expected).length === 0;
  };
  await waitFor(isSo, { timeoutMs: 20_000, what: `${name} in Jira` }).catch(() => expect(seen).toMatchObject(expected));
}

/** The same for the groups that the mapping can give: exactly these, beside the one that everybody has. */
export async function jiraGroupsFollow(site: Site, name: string, groups: readonly string[]): Promise<void> {
  let seen: readonly string[] = [];
  const isSo = async () => {
    seen = (await jiraUser(site, name))?.groups.filter((group) => mapped.includes(group)) ?? ['nobody'];
    return JSON.stringify(seen.toSorted()) === JSON.stringify(groups.toSorted());
  };
  await waitFor(isSo, { timeoutMs: 20_000, what: `the groups of ${name}` }).catch(() => expect(seen).toEqual(groups));
}

function differs(seen: SandboxUser, expected: Partial<SandboxUser>): readonly string[] {
  return Object.entries(expected).flatMap(([key, value]) =>
    JSON.stringify(seen[key as keyof SandboxUser]) === JSON.stringify(value) ? [] : [key],
  );
}
