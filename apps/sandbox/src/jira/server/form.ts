import type { FastifyRequest } from 'fastify';

/** The fields of a posted form, each once. */
export function formOf(request: FastifyRequest): Record<string, string | undefined> {
  const body: unknown = request.body;
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(
    Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
