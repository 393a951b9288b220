import { everyDialect } from '../dialects.js';
import type { ResourceType } from '../schema/resource-type.js';
import type { Filter } from './filter.js';
import { Parser } from './parser.js';

/**
 * @param asked every type that the same filter is about: what only others have is without a value in this one
 * @throws ScimError invalidFilter with the place of the mistake
 */
export function parseFilter(
  type: ResourceType,
  source: string,
  dialects = everyDialect,
  asked: readonly ResourceType[] = [type],
): Filter {
  const parser = new Parser(source, dialects, 'invalidFilter');
  const filter = parser.readFilter({ type, asked });
  parser.take('end', 'and, or, or the end');
  return filter;
}
