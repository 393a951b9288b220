/** One username in one of Jira's user directories. */
export interface DirectoryCopy {
  readonly directory: string;
  readonly active: boolean;
}

/** Usernames that are in several directories, by name as Jira spells it. */
export type DuplicatedUsers = ReadonlyMap<string, readonly DirectoryCopy[]>;

export interface FoundGroups {
  /** In Jira's spelling, the first 20 at most. */
  readonly names: readonly string[];
  /** That match. */
  readonly total: number;
}

/**
 * What Jira knows about names, for whoever only wants to know. Each question has a deadline of its own and throws as
 * those of JiraClient do.
 */
export abstract class JiraDirectory {
  /** Whoever has this username, or had it: of a deleted user Jira keeps the name, because issues are tied to it. */
  abstract holderOf(username: string): Promise<{ readonly key: string; readonly deleted: boolean } | undefined>;

  /**
   * As Jira remembers them for ten minutes at most. A copy that is inactive does not count, unless the active one is in
   * the lower directory. Undefined: Jira does not say.
   */
  abstract duplicatedUsers(withinMs?: number): Promise<DuplicatedUsers | undefined>;

  /** Groups with this text anywhere in their name. */
  abstract findGroups(text: string): Promise<FoundGroups>;
}
