import { GatehouseError } from '@gatehouse/errors';

const detailMaxLength = 4_000;
const causesMax = 4;

/**
 * For the operator and the log. Only names, messages and stacks: an error's other properties may hold what it worked
 * on (TypeORM keeps the parameters of a failed statement, and those are people and claims).
 */
export function describeError(error: unknown): string {
  const parts: string[] = [];
  let current = error;
  do {
    parts.push(describeOne(current));
    current = current instanceof Error ? current.cause : undefined;
  } while (current !== undefined && parts.length < causesMax);
  return parts.join('\ncaused by: ').slice(0, detailMaxLength);
}

function describeOne(error: unknown): string {
  if (error instanceof GatehouseError) return `${error.code}: ${error.internal ?? error.message}`;
  if (error instanceof Error) return error.stack ?? `${error.name}: ${error.message}`;
  return `not an error was thrown but: ${typeof error}`;
}
