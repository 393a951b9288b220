export interface Pace {
  readonly total: number;
  readonly done: number;
  readonly elapsedSeconds: number;
}

/** At the pace since the start. @returns null while nothing is done */
export function etaSeconds({ total, done, elapsedSeconds }: Pace): number | null {
  if (done >= total) return 0;
  if (done === 0) return null;
  return Math.ceil(((total - done) * elapsedSeconds) / done);
}
