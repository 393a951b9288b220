import { issueText } from '@gatehouse/contracts';
import { Environment } from './environment.js';
import type { EnvironmentProblems } from './environment-problems.js';

/** Each variable by itself: one that is wrong counts as absent, so that whatever else is wrong is found as well. */
export function parseEnvironment(
  variables: Readonly<Record<string, string>>,
  problems: EnvironmentProblems,
): Environment {
  const parsed = Object.entries(Environment.shape).map(([name, schema]) => {
    const { success, data, error } = schema.safeParse(variables[name], { error: issueText });
    if (success) return [name, data];
    for (const { message } of error.issues) problems.addWrong(name, message);
    return [name, schema.parse(undefined)];
  });
  return Object.fromEntries(parsed) as Environment;
}
