const firstMs = 1_000;
const longestMs = 60_000;

/** Doubling from 1 s to 1 min; what Jira asks for counts if it is longer. @param failures 1 after the first one */
export function retryDelayMs(failures: number, askedMs = 0): number {
  const grown = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 10));
  return Math.max(grown, askedMs);
}
