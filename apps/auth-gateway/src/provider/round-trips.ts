/** Sign-ins that Jira asked for and had answered at once, without the person doing anything. */
export interface RoundTrips {
  readonly count: number;
  readonly sinceSeconds: number;
}

const windowSeconds = 30;
const tripsMax = 2;

/** P01: a person who is signed in here and turned away there would be sent round for ever. */
export function goesRound(trips: RoundTrips | undefined): boolean {
  return trips !== undefined && trips.count >= tripsMax;
}

export function oneMore(trips: RoundTrips | undefined, nowSeconds: number): RoundTrips {
  return trips ? { ...trips, count: trips.count + 1 } : { count: 1, sinceSeconds: nowSeconds };
}

/** @returns undefined for anything that is not ours, or too old to be one movement */
export function readTrips(text: string | undefined, nowSeconds: number): RoundTrips | undefined {
  const [, count, since] = /^(\d{1,3})\.(\d{1,12})$/.exec(text ?? '') ?? [];
  if (count === undefined || since === undefined) return undefined;
  const age = nowSeconds - Number(since);
  return age >= 0 && age <= windowSeconds ? { count: Number(count), sinceSeconds: Number(since) } : undefined;
}

export function writeTrips({ count, sinceSeconds }: RoundTrips): string {
  return `${count}.${sinceSeconds}`;
}
