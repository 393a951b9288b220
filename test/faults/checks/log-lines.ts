/** Lines of JSON; what a crash has torn is none. */
function linesOf(log: string): readonly Record<string, unknown>[] {
  return log.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as Record<string, unknown>];
    } catch {
      return [];
    }
  });
}

/** The highest attempt at which any job ended. */
export function attemptsUsed(log: string): number {
  return Math.max(...linesOf(log).map(({ job, attempt }) => (job && typeof attempt === 'number' ? attempt : 0)));
}

export function logLinesSaying(log: string, what: RegExp): number {
  return linesOf(log).filter(({ msg }) => typeof msg === 'string' && what.test(msg)).length;
}

/** How long the slowest call to Jira's REST was waited for, in ms. */
export function slowestJiraCallMs(log: string): number {
  return Math.max(...linesOf(log).map(({ msg, ms }) => (msg === 'jira call' && typeof ms === 'number' ? ms : 0)));
}
