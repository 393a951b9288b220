import { Catch, Inject } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { currentTraceId, LOGGER, newTraceId } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerProblem } from '../api/answer-problem.js';
import { problemOf } from '../api/problem-of.js';
import { ConsoleAddress } from './console-address.js';
import { PageError, SignInNeeded } from './page-error.js';
import { problemPage } from './problem-page.js';
import { redirect, sendPage } from './send.js';

/** The one place where an error of the console becomes a page; the board's own calls get problem+json. */
@Catch()
export class PageErrorFilter implements ExceptionFilter {
  constructor(
    private readonly address: ConsoleAddress,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (!wantsPage(request)) {
      answerProblem(error, reply, this.logger);
      return;
    }
    if (error instanceof SignInNeeded) {
      const wanted = encodeURIComponent(this.address.path + request.url.slice('/console'.length));
      return redirect(reply, `${this.address.path}/login?next=${wanted}`);
    }
    const reference = currentTraceId() ?? newTraceId();
    const { problem } = problemOf(error, reference);
    if (problem.status >= 500)
      this.logger.error({ failure: problem.code, stack: stackOf(error) }, 'a console page failed');
    const shown = error instanceof PageError ? error : { status: problem.status, title: problem.title };
    await sendPage(reply, problemPage({ ...pick(shown), text: problem.detail, reference }, this.address));
  }
}

function pick({ status, title }: { status: number; title: string }): { status: number; title: string } {
  return { status, title };
}

/** A browser that goes somewhere asks for HTML; a script that fetches data does not. */
function wantsPage({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/html') ?? false;
}

/** Not the error object itself: a failed query carries its parameters. */
function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}
