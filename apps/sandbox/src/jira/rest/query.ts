import type { FastifyRequest } from 'fastify';
import { failure, pluginFailure } from './failures.js';

/** The first value of a query parameter, as a servlet reads it. */
export function text(request: FastifyRequest, name: string): string | undefined {
  const value = (request.query as Record<string, string | string[] | undefined>)[name];
  return Array.isArray(value) ? value[0] : value;
}

/** A number parameter. JAX-RS answers 404, not 400, when one cannot be converted. */
export function integer(request: FastifyRequest, name: string, otherwise: number): number {
  const value = text(request, name);
  if (value === undefined || value === '') return otherwise;
  if (!/^-?\d{1,9}$/.test(value))
    throw pluginFailure(404, `java.lang.NumberFormatException: For input string: "${value}"`);
  return Number(value);
}

/** Java's `Boolean.valueOf`: anything but "true" is false. */
export function flag(request: FastifyRequest, name: string, otherwise: boolean): boolean {
  const value = text(request, name);
  return value === undefined ? otherwise : value.toLowerCase() === 'true';
}

export function expands(request: FastifyRequest): ReadonlySet<string> {
  return new Set((text(request, 'expand') ?? '').split(',').map((name) => name.trim()));
}

/** A body held against one of our shapes; Jira's mapper names the field it does not know or cannot read. */
export function body<Shape>(request: FastifyRequest, shape: { safeParse(value: unknown): Parsed<Shape> }): Shape {
  if (request.body === undefined || request.body === null)
    throw failure(400, 'No content to map to Object due to end of input');
  const parsed = shape.safeParse(request.body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.keys?.[0] ?? issue?.path.join('.') ?? '';
  throw failure(
    400,
    issue?.keys ? `Unrecognized field "${field}"` : `Can not deserialize the value of field "${field}"`,
  );
}

type Parsed<Shape> =
  | { success: true; data: Shape }
  | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; keys?: readonly string[] }[] } };
