import type { Role } from '@gatehouse/contracts';
import type { FastifyRequest } from 'fastify';

const callerRoles = new WeakMap<FastifyRequest, Role>();

/** For what a role may do only to some objects of a route. Set by the guard. */
export function rememberRole(request: FastifyRequest, role: Role): void {
  callerRoles.set(request, role);
}

/** The least of all roles when no guard has named one: forgetting it must not open anything. */
export function roleOf(request: FastifyRequest): Role {
  return callerRoles.get(request) ?? 'viewer';
}
