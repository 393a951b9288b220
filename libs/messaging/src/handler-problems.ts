import type { JobDefinition, ServiceName } from '@gatehouse/contracts';

export interface RegisteredHandler {
  readonly pattern: string;
  /** Undefined when it was not bound with @Handles. */
  readonly handlerClass: string | undefined;
}

/** Every job of these services has exactly one handler, and there is no other handler. One line for each violation. */
export function handlerProblems(
  jobs: readonly JobDefinition[],
  services: readonly ServiceName[],
  registered: readonly RegisteredHandler[],
): readonly string[] {
  const ours = jobs.filter((job) => services.includes(job.service));
  const classesOf = (pattern: string) =>
    registered
      .filter((handler) => handler.pattern === pattern)
      .map(({ handlerClass }) => handlerClass ?? 'a class without @Handles');
  const expected = ours.flatMap((job) => {
    const classes = classesOf(job.name);
    if (classes.length === 0) return [`${job.name} has no handler: add a controller with @Handles to ${job.service}`];
    return classes.length > 1 ? [`${job.name} has more than one handler: ${classes.join(', ')}`] : [];
  });
  const unknown = [...new Set(registered.map(({ pattern }) => pattern))]
    .filter((pattern) => !ours.some((job) => job.name === pattern))
    .map(
      (pattern) => `${pattern} is handled by ${classesOf(pattern).join(', ')} but is no job of ${services.join(', ')}`,
    );
  return [...expected, ...unknown];
}
