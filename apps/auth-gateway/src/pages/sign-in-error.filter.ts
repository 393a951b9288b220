import { Catch, Inject, Injectable } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { GatehouseError } from '@gatehouse/errors';
import { currentTraceId, LOGGER, newTraceId } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { classifyFailure, loggableError } from './classify-failure.js';
import { problemPage } from './problem-page.js';
import { sendPage } from './send.js';
import { SignInError } from './sign-in-error.js';
import { PageSurroundings } from './surroundings.service.js';

/** Whatever goes wrong in a page of ours ends here, on one static page with a reference id. */
@Catch()
@Injectable()
export class SignInErrorFilter implements ExceptionFilter {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly surroundings: PageSurroundings,
  ) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const reference = currentTraceId() ?? newTraceId();
    const failure = classifyFailure(error);
    if (failure.expected) {
      const internal = error instanceof GatehouseError ? error.internal : undefined;
      this.logger.warn({ error: failure.code, reason: internal, reference }, 'sign-in ended on an error page');
    } else {
      this.logger.error({ error: failure.code, err: loggableError(error), reference }, 'sign-in failed unexpectedly');
    }
    const { interaction, person } = error instanceof SignInError ? error : {};
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    await sendPage(reply, problemPage({ ...failure, reference, interaction, person }, this.surroundings.current()));
  }
}
