import type { FastifyRequest } from 'fastify';

const actors = new WeakMap<FastifyRequest, string>();

/** Who asks, for the audit: `token:<name>`. Set by the guard. */
export function rememberActor(request: FastifyRequest, actor: string): void {
  actors.set(request, actor);
}

/** @throws when no guard has let this request pass: a route without one must not act */
export function actorOf(request: FastifyRequest): string {
  const actor = actors.get(request);
  if (actor === undefined) throw new Error('a route acts without a guard');
  return actor;
}
