import { everyDialect } from '../dialects.js';
import type { ResourceType } from '../schema/resource-type.js';
import type { Filter } from './filter.js';
import { Parser } from './parser.js';

/** @throws ScimError invalidFilter with the place of the mistake */
export function parseFilter(type: ResourceType, source: string, dialects = everyDialect): Filter {
  const parser = new Parser(source, dialects, 'invalidFilter');
  const filter = parser.readFilter({ type });
  parser.take('end', 'and, or, or the end');
  return filter;
}
