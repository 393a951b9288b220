import type { SwitchBoard } from '../switches.js';
import type { Directory } from './directory.js';
import { softwareUsersGroup } from './initial-data.js';
import type { UserRow } from './rows.js';

export interface Application {
  readonly key: string;
  readonly name: string;
  /** Its members take the seats; the only group of its role, and so its default one. */
  readonly group: string;
}

export const software: Application = { key: 'jira-software', name: 'Jira Software', group: softwareUsersGroup };
const serviceDesk: Application = {
  key: 'jira-servicedesk',
  name: 'Jira Service Management',
  group: 'jira-servicedesk-users',
};

/** Who takes a seat of what, and how many there are. */
export class Licence {
  constructor(
    private readonly directory: Directory,
    private readonly board: SwitchBoard,
  ) {}

  get applications(): readonly Application[] {
    return this.board.now.jsm ? [software, serviceDesk] : [software];
  }

  application(key: string): Application | undefined {
    return this.applications.find((one) => one.key === key);
  }

  openedBy(group: string): Application | undefined {
    return this.applications.find((one) => one.group === group);
  }

  seatsOf({ key }: Application): number | undefined {
    const { seats } = this.board.now;
    if (seats === null) return undefined;
    if (typeof seats === 'number') return key === software.key ? seats : undefined;
    return seats[key];
  }

  usedOf({ group }: Application): number {
    return this.directory.activeMemberCount(group);
  }

  /** One more is refused. A full licence that accepts lets people in who then cannot work. */
  refusesOneMore(application: Application): boolean {
    const seats = this.seatsOf(application);
    return seats !== undefined && this.board.now.overflow === 'refuse' && this.usedOf(application) >= seats;
  }

  applicationsOf(user: UserRow): Application[] {
    return this.applications.filter(({ group }) => this.directory.isMember(user, group));
  }

  /** May use Jira Software at all. While more people have seats than there are, nobody may. */
  canWork(user: UserRow): boolean {
    if (!user.active || !this.directory.isMember(user, software.group)) return false;
    const seats = this.seatsOf(software);
    return seats === undefined || this.usedOf(software) <= seats;
  }
}
