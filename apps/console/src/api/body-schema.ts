import type { ApiBodyOptions } from '@nestjs/swagger';
import { z } from 'zod';

type SchemaObject = Extract<ApiBodyOptions, { schema: unknown }>['schema'];

/** A body that no pipe reads has no parameter to take its schema from. */
export function bodySchema(schema: z.ZodType): SchemaObject {
  const converted = z.toJSONSchema(schema, { io: 'input', target: 'openapi-3.0', reused: 'inline' });
  delete converted.$schema;
  return converted as SchemaObject;
}
