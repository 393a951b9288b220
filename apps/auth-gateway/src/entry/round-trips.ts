/**
 * P01: Jira sends a browser here, gets its answer, does not let the person in and sends the browser here again. The
 * third time within half a minute a page stops it. One cookie holds how many answers there were, and since when.
 */
export interface RoundTrips {
  readonly answers: number;
  readonly sinceSeconds: number;
}

const answersMax = 2;
export const roundTripSeconds = 30;

export function roundTripsOf(cookie: string | undefined, nowSeconds: number): RoundTrips {
  const parts = /^(\d{1,3})\.(\d{1,12})$/.exec(cookie ?? '');
  const known = parts && { answers: Number(parts[1]), sinceSeconds: Number(parts[2]) };
  const isRecent = known && known.sinceSeconds <= nowSeconds && nowSeconds - known.sinceSeconds < roundTripSeconds;
  return isRecent ? known : { answers: 0, sinceSeconds: nowSeconds };
}

export function goesInCircles({ answers }: RoundTrips): boolean {
  return answers >= answersMax;
}

/** @returns the cookie's value after one more answer */
export function oneMoreAnswer({ answers, sinceSeconds }: RoundTrips): string {
  return `${answers + 1}.${sinceSeconds}`;
}
