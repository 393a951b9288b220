import { foldedSet } from './ledger.js';
import { foldName } from './names.js';

interface Question {
  readonly applications: readonly {
    readonly key: string;
    readonly groups: readonly string[];
    readonly remainingSeats: number | null;
  }[];
  /** Groups of an active user. */
  readonly present: readonly string[];
  readonly add: readonly string[];
}

export interface SeatPlan {
  readonly add: readonly string[];
  /** Would take a seat that is not there: a pause, not a failure (P04). */
  readonly paused: readonly string[];
  /** Keys of the applications of which the additions take one seat. */
  readonly takes: readonly string[];
}

/** Jira counts a seat for each active user in any group of an application: only the first of its groups takes one. */
export function pauseForSeats({ applications, present, add }: Question): SeatPlan {
  const had = foldedSet(present);
  const seats = applications.map(({ key, groups, remainingSeats }) => {
    const opens = foldedSet(groups);
    const isInside = [...opens].some((group) => had.has(group));
    return { key, opens, isInside, isFull: !isInside && remainingSeats !== null && remainingSeats < 1 };
  });
  const isPaused = (group: string) => seats.some(({ opens, isFull }) => isFull && opens.has(foldName(group)));
  const given = add.filter((group) => !isPaused(group));
  const takes = seats.filter(({ opens, isInside }) => !isInside && given.some((group) => opens.has(foldName(group))));
  return { add: given, paused: add.filter(isPaused), takes: takes.map(({ key }) => key) };
}
