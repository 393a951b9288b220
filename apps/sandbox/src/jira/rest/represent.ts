import { administratorsGroup, softwareUsersGroup } from '../data/initial-data.js';
import type { Directory } from '../data/directory.js';
import type { GroupRow, UserRow } from '../data/rows.js';
import type { ApplicationRoleBean, FoundUserBean, GroupBean, MemberBean, UserBean } from './rest-shapes.js';

const locale = 'en_US';

/** Rows as REST shows them. `self` links carry the base URL, never the address the request came to. */
export class Representation {
  constructor(
    private readonly directory: Directory,
    private readonly baseUrl: () => string,
  ) {}

  member(user: UserRow): MemberBean {
    return {
      self: this.link(`/rest/api/2/user?username=${encodeURIComponent(user.name)}`),
      name: user.name,
      key: user.key,
      emailAddress: user.emailAddress,
      avatarUrls: {
        '48x48': this.avatar(48),
        '24x24': this.avatar(24),
        '16x16': this.avatar(16),
        '32x32': this.avatar(32),
      },
      displayName: user.displayName,
      active: user.active,
      timeZone: 'Etc/UTC',
    };
  }

  found(user: UserRow): FoundUserBean {
    return { ...this.member(user), deleted: false, locale };
  }

  user(user: UserRow, expand: ReadonlySet<string> = new Set()): UserBean {
    const groups = this.directory.groupsOf(user).map(({ name }) => ({ name, self: this.groupLink(name) }));
    const roles = this.directory.isMember(user, softwareUsersGroup) ? [{ key: role.key, name: role.name }] : [];
    return {
      ...this.found(user),
      groups: { size: groups.length, items: expand.has('groups') ? groups : [] },
      applicationRoles: { size: roles.length, items: expand.has('applicationRoles') ? roles : [] },
      expand: 'groups,applicationRoles',
    };
  }

  group(group: GroupRow): GroupBean {
    const size = this.directory.directMembers(group).length;
    return {
      name: group.name,
      self: this.groupLink(group.name),
      users: { size, items: [], 'max-results': 50, 'start-index': 0, 'end-index': 0 },
      expand: 'users',
    };
  }

  applicationRole(): ApplicationRoleBean {
    const total = this.directory.seatsTotal;
    const used = this.directory.seatsUsed;
    return {
      ...role,
      groups: [softwareUsersGroup],
      defaultGroups: [softwareUsersGroup],
      selectedByDefault: true,
      defined: true,
      numberOfSeats: total ?? -1,
      remainingSeats: total === undefined ? -1 : total - used,
      userCount: used,
      userCountDescription: used === 1 ? 'user' : 'users',
      hasUnlimitedSeats: total === undefined,
      platform: false,
    };
  }

  link(path: string): string {
    return this.baseUrl() + path;
  }

  private groupLink(name: string): string {
    return this.link(`/rest/api/2/group?groupname=${encodeURIComponent(name)}`);
  }

  private avatar(size: number): string {
    return this.link(`/secure/useravatar?size=${size}`);
  }
}

const role = { key: 'jira-software', name: 'Jira Software' };

/** The only application of this Jira, and the group its seats are counted by. */
export const application = { key: role.key, defaultGroup: softwareUsersGroup, administrators: administratorsGroup };
