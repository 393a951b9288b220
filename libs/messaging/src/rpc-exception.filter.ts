import { Catch } from '@nestjs/common';
import type { RpcExceptionFilter } from '@nestjs/common';
import { throwError } from 'rxjs';
import type { Observable } from 'rxjs';

/**
 * Hands a handler's error to the transport as it is. Nest's own filter replaces it by "Internal server error", and
 * then a terminal error would be retried. Register it globally and before `connectMicroservice(..., { inheritAppConfig: true })`;
 * afterwards Nest ignores it silently. To an error of an HTTP request Nest itself answers, because this filter returns a
 * stream; filters of HTTP are bound to their controllers, a global one would not be asked.
 */
@Catch()
export class JobExceptionFilter implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}
