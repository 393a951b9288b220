import type { Directory } from '../data/directory.js';
import { software } from '../data/licence.js';
import type { Application, Licence } from '../data/licence.js';
import type { GroupRow, UserRow } from '../data/rows.js';
import type { ApplicationRoleBean, FoundUserBean, GroupBean, MemberBean, UserBean } from './rest-shapes.js';

const locale = 'en_US';

/** Rows as REST shows them. `self` links carry the base URL, never the address the request came to. */
export class Representation {
  constructor(
    private readonly directory: Directory,
    private readonly licence: Licence,
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
    const roles = this.licence.applicationsOf(user).map(({ key, name }) => ({ key, name }));
    return {
      ...this.found(user),
      groups: { size: groups.length, items: expand.has('groups') ? groups : [] },
      applicationRoles: { size: roles.length, items: expand.has('applicationRoles') ? roles : [] },
      expand: 'groups,applicationRoles',
    };
  }

  group(group: GroupRow): GroupBean {
    const size = this.directory.directMemberCount(group);
    return {
      name: group.name,
      self: this.groupLink(group.name),
      users: { size, items: [], 'max-results': 50, 'start-index': 0, 'end-index': 0 },
      expand: 'users',
    };
  }

  applicationRole(application: Application): ApplicationRoleBean {
    const total = this.licence.seatsOf(application);
    const used = this.licence.usedOf(application);
    return {
      key: application.key,
      name: application.name,
      groups: [application.group],
      defaultGroups: [application.group],
      selectedByDefault: application.key === software.key,
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
