/** A Jira user as REST gives it. `key` is immutable and opaque; `name` can change. */
export interface JiraUser {
  readonly key: string;
  readonly name: string;
  readonly emailAddress: string;
  readonly displayName: string;
  readonly active: boolean;
  /** By whatever way; only newer versions tell it. */
  readonly lastLoginAt?: Date;
  /** Exact names as Jira spells them. Compare them case-insensitively. */
  readonly groups: readonly string[];
}

/** A user where Jira does not tell the groups. */
export type JiraPerson = Omit<JiraUser, 'groups' | 'lastLoginAt'>;

export interface NewJiraUser {
  readonly username: string;
  readonly email: string;
  readonly displayName: string;
}

export interface JiraProfileChange {
  readonly email?: string;
  readonly displayName?: string;
}

export interface JiraServerInfo {
  readonly baseUrl: string;
  readonly version: string;
}

/**
 * Jira's user and group REST, and nothing else of Jira. Only group-sync changes anything through it; who only wants to
 * know has a JiraReader.
 *
 * Every method has a deadline, and throws OutageError when Jira as a whole is away, RetryableError when
 * this one change may succeed later, and TerminalError when a person must act. Writes are idempotent:
 * "already a member" and "not a member" are success once a second read confirms them.
 */
export abstract class JiraClient {
  /** One read with groups. Undefined: Jira positively said that there is no such user. */
  abstract findUser(by: { key: string } | { username: string }): Promise<JiraUser | undefined>;

  /** `exists`: the name is taken. Whoever asked must read and decide again; it is not success. */
  abstract createUser(user: NewJiraUser): Promise<{ kind: 'created'; user: JiraUser } | { kind: 'exists' }>;

  abstract updateUser(key: string, change: JiraProfileChange): Promise<void>;

  abstract addToGroup(username: string, group: string): Promise<void>;

  abstract removeFromGroup(username: string, group: string): Promise<void>;

  /** `exists`: a group of this name, in any case, is there. */
  abstract createGroup(name: string): Promise<'created' | 'exists'>;

  /**
   * Whoever is in the group, page by page, inactive users too. Members of nested groups are among them: this is not the
   * list of direct memberships, which only `findUser` tells. A page may take minutes; each has a deadline of its own.
   */
  abstract groupMembers(group: string): AsyncIterable<readonly JiraPerson[]>;

  /** All who have exactly this address, in any case, with groups: addresses are not unique in Jira. */
  abstract findUsersByEmail(email: string): Promise<readonly JiraUser[]>;

  /** Entity properties, which are not those of Jira's user management page. What is no text is given as JSON. */
  abstract userProperties(key: string): Promise<Record<string, string>>;

  abstract setUserProperty(key: string, property: string, value: string): Promise<void>;

  abstract removeUserProperty(key: string, property: string): Promise<void>;

  abstract setActive(username: string, active: boolean): Promise<void>;

  /**
   * For good: no other user ever has this key. `kept`: Jira lets go nobody who has left traces in it, and says so in a
   * localised text only. Somebody who is gone already is removed.
   */
  abstract removeUser(key: string): Promise<'removed' | 'kept'>;

  /** The key stays. */
  abstract renameUser(key: string, newUsername: string): Promise<void>;

  /** Everywhere, remembered logins included. */
  abstract endSessions(username: string): Promise<void>;

  abstract serverInfo(): Promise<JiraServerInfo>;

  /**
   * One cheap call: does Jira as a whole answer, and are we still its administrator?
   * @throws OutageError otherwise
   */
  abstract probe(): Promise<void>;

  /**
   * The same Jira, counting the calls made through it, for the record of one run.
   *
   * @param assertSendable asked in the very turn of the event loop in which a call leaves, after all its waiting; what it
   *   throws, the call fails with. So a process that was stopped in between sends nothing that is no longer its to send.
   */
  abstract counted(assertSendable?: () => void): JiraClient & { readonly calls: number };
}
