import { Controller } from '@nestjs/common';
import type { PipeTransform } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { JobDefinition } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import type { z } from 'zod';
import type { JobContext } from './job-context.js';

type HandlerClass<Reference> = new (...dependencies: never[]) => {
  handle(payload: Reference, context: JobContext): Promise<void>;
};

/** Parses a job's payload by its contract, after guards and before the handler. */
class ContractPipe implements PipeTransform {
  constructor(private readonly job: JobDefinition) {}

  transform(payload: unknown): unknown {
    const parsed = this.job.payload.safeParse(payload);
    if (parsed.success) return parsed.data;
    const problems = parsed.error.issues.map(({ path, code }) => `${path.join('.') || 'payload'}: ${code}`);
    throw new TerminalError('job.payload_invalid', `The payload of ${this.job.name} does not match its contract`, {
      internal: problems.join(', '),
    });
  }
}

/** Makes a class the one handler of a job: a Nest controller, so guards, pipes, interceptors and filters apply. */
export function Handles<Schema extends z.ZodType>(job: JobDefinition<Schema>) {
  return (target: HandlerClass<z.output<Schema>>): void => {
    const prototype = target.prototype as object;
    const descriptor = Object.getOwnPropertyDescriptor(prototype, 'handle');
    if (!descriptor) throw new Error(`${target.name} has no method handle of its own`);
    Controller()(target);
    EventPattern(job.name, { handlerClass: target.name })(prototype, 'handle', descriptor);
    Payload(new ContractPipe(job))(prototype, 'handle', 0);
    Ctx()(prototype, 'handle', 1);
  };
}
