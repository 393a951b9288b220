import type { AskedJira } from '@gatehouse/contracts';
import { foldName } from './names.js';

export interface SeatQuestion {
  readonly applications: readonly {
    readonly name: string;
    readonly groups: readonly string[];
    readonly remainingSeats: number | null;
  }[];
  /** Of somebody who has an active user already. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

type Seat = Extract<AskedJira['seats'], { state: 'known' }>['applications'][number];

/** Jira counts a seat for every active user who is in a group of the application. Groups inside groups are not seen here. */
export function foreseeSeats({ applications, before, after }: SeatQuestion): Seat[] {
  return applications.map(({ name, groups, remainingSeats }) => {
    const opens = new Set(groups.map(foldName));
    const had = before.find((group) => opens.has(foldName(group)));
    const gets = after.find((group) => opens.has(foldName(group)));
    const seat = { application: name, remaining: remainingSeats };
    if (gets !== undefined)
      return { ...seat, change: had === undefined ? 'takes' : 'keeps', group: gets, because: 'this group opens it' };
    if (had !== undefined)
      return { ...seat, change: 'frees', group: had, because: 'this group opened it, and would be gone' };
    return {
      ...seat,
      change: 'none',
      group: null,
      because: `none of its groups would be there (${groups.join(', ') || 'it has none'})`,
    };
  });
}
