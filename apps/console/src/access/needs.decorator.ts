import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import type { Role } from '@gatehouse/contracts';

export const neededRole = Symbol('neededRole');
/** In the OpenAPI document; the description of the operation says it in words. */
export const roleExtension = 'x-needs-role';

/** The least role that may call this route. A route without one answers nobody. */
export function Needs(role: Role): ClassDecorator & MethodDecorator {
  return applyDecorators(SetMetadata(neededRole, role), ApiExtension(roleExtension, role), ApiBearerAuth());
}
