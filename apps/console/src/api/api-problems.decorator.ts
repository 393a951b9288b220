import { applyDecorators } from '@nestjs/common';
import { ApiDefaultResponse } from '@nestjs/swagger';
import { Problem } from '@gatehouse/contracts';

/** Every route answers its errors as problem+json; ApiDescription puts the media type there. */
export function ApiProblems(): ClassDecorator & MethodDecorator {
  return applyDecorators(ApiDefaultResponse({ description: 'What went wrong (RFC 9457)', standardSchema: Problem }));
}
