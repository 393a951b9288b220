/** Of the 10 s a process has to go away; the rest is for closing what is below. */
export const drainMs = 6_000;

/** Waits for the work, but not longer than this. The work itself goes on. */
export async function within(ms: number, work: Promise<unknown>): Promise<'done' | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  return Promise.race([work.then(() => 'done' as const), late]).finally(() => clearTimeout(timer));
}
