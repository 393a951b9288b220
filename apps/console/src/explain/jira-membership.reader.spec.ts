import { describe, expect, it } from '@jest/globals';
import { OutageError, TerminalError } from '@gatehouse/errors';
import { JiraDirectory, JiraReader } from '@gatehouse/jira-client';
import type { DuplicatedUsers, JiraReading, JiraUser } from '@gatehouse/jira-client';
import { DataSource } from 'typeorm';
import { JiraMemberships } from './jira-membership.reader.js';

/** A Jira with one user, who is in `Jira-Users`, and one application with a seat left. */
class OneUser extends JiraReader implements JiraReading {
  away: Error | undefined;
  licences: Error | undefined;

  begin(): JiraReading {
    return this;
  }

  findUser(by: { key: string } | { username: string }): Promise<JiraUser | undefined> {
    if (this.away) return Promise.reject(this.away);
    const user = { key: 'K1', name: 'ada', emailAddress: 'a@b.example', displayName: 'Ada', active: true };
    return Promise.resolve('key' in by && by.key === 'K1' ? { ...user, groups: ['Jira-Users'] } : undefined);
  }

  findUsersByEmail(): Promise<readonly JiraUser[]> {
    return Promise.resolve([]);
  }

  memberCount(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  hasGroup(name: string): Promise<boolean> {
    return Promise.resolve(name !== 'nowhere');
  }

  hasOtherMember(): Promise<boolean> {
    return Promise.resolve(true);
  }

  applications() {
    if (this.licences) return Promise.reject(this.licences);
    return Promise.resolve([{ key: 'jira', name: 'Jira', groups: ['jira-users'], remainingSeats: 1 }]);
  }
}

/** Where `Ada` is in two directories. */
class TwoDirectories extends JiraDirectory {
  refuses: Error | undefined;

  holderOf() {
    return Promise.resolve(undefined);
  }

  duplicatedUsers(): Promise<DuplicatedUsers> {
    if (this.refuses) return Promise.reject(this.refuses);
    return Promise.resolve(new Map([['Ada', copies]]));
  }

  findGroups() {
    return Promise.resolve({ names: [], total: 0 });
  }
}

const copies = [
  { directory: 'Internal', active: true },
  { directory: 'LDAP', active: true },
];

describe('P14 what Jira says of a membership', () => {
  const jira = new OneUser();
  const directory = new TwoDirectories();
  const memberships = new JiraMemberships(jira, directory, new DataSource({ type: 'postgres' })); // It is not asked here.
  const closed = { state: 'closed', code: null } as const;

  it('the user, the group in whatever case, and the seats of what it opens', async () => {
    expect(await memberships.of({ key: 'K1' }, 'JIRA-users', closed)).toEqual({
      ...{ state: 'asked', user: { username: 'ada', active: true } },
      ...{ directories: copies, member: true, groupExists: true, seatsLeft: 1 },
    });
    expect(await memberships.of({ username: 'eve' }, 'nowhere', closed)).toEqual({
      ...{ state: 'asked', user: null, directories: null, member: false, groupExists: false, seatsLeft: null },
    });
  });

  it('P07 nothing of directories, where it does not tell', async () => {
    directory.refuses = new TerminalError('jira.request_refused', 'no');
    expect(await memberships.of({ key: 'K1' }, 'jira-users', closed)).toMatchObject({ directories: null });
  });

  it('licences that it does not show are not counted; one that is away could not be asked', async () => {
    jira.licences = new TerminalError('jira.request_refused', 'no');
    expect(await memberships.of({ key: 'K1' }, 'jira-users', closed)).toMatchObject({ member: true, seatsLeft: null });
    jira.away = new OutageError('jira.unavailable', 'down');
    expect(await memberships.of({ key: 'K1' }, 'jira-users', closed)).toMatchObject({ code: 'jira.unavailable' });
  });
});
