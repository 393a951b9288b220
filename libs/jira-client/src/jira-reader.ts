import type { JiraUser } from './jira-client.js';

/** An application that is licensed by seats, and the groups that give access to it. */
export interface JiraApplication {
  readonly key: string;
  readonly name: string;
  readonly groups: readonly string[];
  /** Null: as many as one likes. */
  readonly remainingSeats: number | null;
}

/**
 * Jira for whoever only wants to know: it has no method that writes, so a preview that holds one cannot change anything.
 */
export abstract class JiraReader {
  /** @param withinMs for all questions of this reading together */
  abstract begin(withinMs: number): JiraReading;
}

/** Every question throws as those of JiraClient do, and OutageError `jira.unreachable` once the time is over. */
export interface JiraReading {
  /** With groups. Undefined: Jira positively said that there is no such user. */
  findUser(by: { key: string } | { username: string }): Promise<JiraUser | undefined>;

  /** All who have exactly this address, in any case, with groups. */
  findUsersByEmail(email: string): Promise<readonly JiraUser[]>;

  hasGroup(name: string): Promise<boolean>;

  /** Who is in the group, inactive users and members of groups inside it included. Undefined: there is no such group. */
  memberCount(group: string): Promise<number | undefined>;

  /** Whether anybody else who is active is in the group, members of groups inside it included. */
  hasOtherMember(group: string, username: string): Promise<boolean>;

  applications(): Promise<readonly JiraApplication[]>;
}
