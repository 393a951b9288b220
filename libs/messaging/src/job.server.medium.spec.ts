import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  ForbiddenException,
  Get,
  Injectable,
  NotFoundException,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import type { CanActivate, ExecutionContext, INestApplication, NestInterceptor, PipeTransform } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { TerminalError } from '@gatehouse/errors';
import { waitFor } from '@gatehouse/testing';
import { from, switchMap } from 'rxjs';
import { Installation, thing } from '../test/harness.js';
import type { TestProcess } from '../test/harness.js';
import {
  FollowThingHandler,
  followThing,
  thingChanged,
  thingDone,
  WorkOnThingHandler,
  workOnThing,
} from '../test/scripted.js';
import type { Reference } from '../test/scripted.js';
import { Handles } from './handles.js';
import type { JobContext } from './job-context.js';
import { PostgresQueueStore } from './postgres.queue-store.js';

const open = () => Installation.open((databaseUrl, lanes) => PostgresQueueStore.open(databaseUrl, lanes));

describe('the job transport in Nest', () => {
  let installation: Installation;
  beforeEach(async () => {
    installation = await open();
  });
  afterEach(async () => installation.close());

  const runOne = async (process: TestProcess): Promise<Reference> => {
    const reference = thing();
    await installation.publish(process, thingChanged, reference);
    await installation.settled(reference.thingId);
    return reference;
  };

  it('applies guards, interceptors and global pipes to a job', async () => {
    const steps: string[] = [];
    @Injectable()
    class Guard implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        const run = context.switchToRpc().getContext<JobContext>();
        steps.push(`guard of ${run.job} in ${run.lane}`);
        return true;
      }
    }
    @Injectable()
    class Around implements NestInterceptor {
      intercept(_context: ExecutionContext, next: { handle(): ReturnType<NestInterceptor['intercept']> }) {
        steps.push('interceptor');
        return from(Promise.resolve()).pipe(switchMap(() => next.handle() as never));
      }
    }
    @Handles(workOnThing)
    @UseGuards(Guard)
    @UseInterceptors(Around)
    class Guarded {
      async handle(payload: Reference): Promise<void> {
        steps.push(`handler with ${Object.keys(payload).join()}`);
      }
    }
    const pipe: PipeTransform = { transform: (value: unknown) => (steps.push('pipe'), value) };
    const process = await installation.start({
      controllers: [Guarded, FollowThingHandler],
      beforeConnect: (app) => app.useGlobalPipes(pipe),
    });
    await runOne(process);
    expect(steps.filter((step) => step !== 'pipe')).toEqual([
      'guard of work-on-thing in interactive',
      'interceptor',
      'handler with thingId,traceId',
    ]);
    expect(steps).toContain('pipe');
  });

  it('does not count a job as done that a guard refused or that failed behind an interceptor', async () => {
    @Injectable()
    class Refusing implements CanActivate {
      canActivate(): boolean {
        throw new TerminalError('jira.credentials_refused', 'not here');
      }
    }
    @Injectable()
    class Around implements NestInterceptor {
      intercept(_context: ExecutionContext, next: { handle(): ReturnType<NestInterceptor['intercept']> }) {
        return next.handle();
      }
    }
    @Handles(workOnThing)
    @UseGuards(Refusing)
    class Refused {
      async handle(): Promise<void> {}
    }
    @Handles(followThing)
    @UseInterceptors(Around)
    class Failing {
      async handle(): Promise<void> {
        throw new TerminalError('jira.directory_read_only', 'no');
      }
    }
    const process = await installation.start({ controllers: [Refused, Failing] });
    const reference = await runOne(process);
    await installation.dataSource.query(
      `insert into messaging.outbox (event, job, queue, key, payload, trace_id)
       select 'x', 'follow-thing', 'group-sync.interactive', key, payload, trace_id from messaging.outbox where key = $1`,
      [reference.thingId],
    );
    await installation.settled(reference.thingId);
    expect(await installation.outcomes(reference.thingId)).toEqual(['parked', 'parked']);
  });

  it('leaves the errors of HTTP requests to the filters of HTTP', async () => {
    @Controller('page')
    class Page {
      @Get('missing')
      missing(): never {
        throw new NotFoundException();
      }

      @Get('refused')
      refused(): never {
        throw new ForbiddenException();
      }
    }
    let http: INestApplication | undefined;
    await installation.start({
      controllers: [WorkOnThingHandler, FollowThingHandler, Page],
      beforeConnect: (app) => (http = app),
    });
    await http!.listen(0, '127.0.0.1');
    const base = await http!.getUrl();
    expect((await fetch(`${base}/page/missing`)).status).toBe(404);
    expect((await fetch(`${base}/page/refused`)).status).toBe(403);
  });

  it.each([
    {
      fault: 'without a handler',
      controllers: [FollowThingHandler],
      says: /work-on-thing has no handler: add a controller with @Handles to claim-mapping/,
    },
    {
      fault: 'with two handlers',
      controllers: [WorkOnThingHandler, FollowThingHandler, secondHandler()],
      says: /work-on-thing has more than one handler: WorkOnThingHandler, SecondHandler/,
    },
    {
      fault: 'handled in the wrong process',
      services: ['claim-mapping'] as const,
      controllers: [WorkOnThingHandler, FollowThingHandler],
      says: /follow-thing is handled by FollowThingHandler but is no job of claim-mapping/,
    },
    {
      fault: 'bound past the contract',
      controllers: [WorkOnThingHandler, FollowThingHandler, pastTheContract()],
      says: /anything is handled by a class without @Handles/,
    },
  ])('refuses to start with a job $fault, and names job and class', async ({ controllers, services, says }) => {
    await expect(installation.start({ controllers, ...(services ? { services } : {}) })).rejects.toThrow(says);
  });

  it('waits for a job even when a tracing hook does not return it', async () => {
    const running = await installation.start();
    const seen: string[] = [];
    running.messaging.strategy.setOnProcessingStartHook((_transport, _context, done) => {
      seen.push('start');
      void done();
    });
    running.messaging.strategy.setOnProcessingEndHook(() => seen.push('end'));
    const { thingId } = thing();
    running.script.on(thingId, async () => {
      await new Promise(setImmediate);
      seen.push('handler');
      throw new TerminalError('jira.directory_read_only', 'no');
    });
    await installation.publish(running, thingChanged, thing(thingId));
    await installation.settled(thingId);
    expect(await installation.outcomes(thingId)).toEqual(['parked']);
    expect(seen).toEqual(['start', 'handler', 'end']);
  });

  it('keeps a failed job in the store with its code, without stack and with nothing but ids', async () => {
    const running = await installation.start();
    const reference = thing();
    running.script.on(reference.thingId, () => {
      throw new TerminalError('jira.directory_read_only', 'words', { internal: 'ada@example.test' });
    });
    await installation.publish(running, thingChanged, reference);
    const failed = await waitFor(
      async () => {
        const [job] = await installation.dataSource.query<Record<string, unknown>[]>(
          `select failed_reason, stacktrace, data from bullmq.job where state = 'failed'`,
        );
        return job;
      },
      { what: 'the failed job' },
    );
    expect(failed).toEqual({ failed_reason: 'jira.directory_read_only', stacktrace: [], data: reference });
  });

  it('writes one line for each job, under its trace, with nothing but ids', async () => {
    const process = await installation.start();
    const { thingId, traceId } = await runOne(process);
    await waitFor(() => process.logLines.some(({ key }) => key === thingId), { what: 'the line' });
    const lines = process.logLines.filter((line) => line.traceId === traceId);
    expect(lines).toHaveLength(1);
    expect(Object.keys(lines[0]!).toSorted()).toEqual(
      ['attempt', 'job', 'key', 'lane', 'level', 'ms', 'msg', 'outcome', 'time', 'traceId'].toSorted(),
    );
    expect(lines[0]).toMatchObject({ job: 'work-on-thing', lane: 'interactive', attempt: 1, outcome: 'applied' });
  });

  it('lets a handler publish only what its contract lists', async () => {
    const process = await installation.start();
    const { outbox } = process.messaging;
    const { thingId } = thing();
    const told: string[] = [];
    process.script.on(thingId, async ({ payload, context }) => {
      const attempt = installation.dataSource.transaction((manager) =>
        outbox.publish(manager, thingChanged, payload, { context }),
      );
      await attempt.catch((error: unknown) => told.push(String(error)));
    });
    await installation.publish(process, thingChanged, thing(thingId));
    await installation.settled(thingId);
    expect(told).toEqual([
      'Error: work-on-thing may not publish thing.changed: its contract does not list it under emits',
    ]);
    expect(await installation.rows(thingId)).toHaveLength(1);
  });

  it('publishes only inside a transaction, and into the lane of a cause only with one', async () => {
    const { messaging } = await installation.start();
    await expect(messaging.outbox.publish(installation.dataSource.manager, thingChanged, thing())).rejects.toThrow(
      'must be published in the transaction that commits it',
    );
    await expect(
      installation.dataSource.transaction((manager) => messaging.outbox.publish(manager, thingDone, thing())),
    ).rejects.toThrow('pass the context');
  });

  it('lets nothing but ids into a queue', async () => {
    const { messaging } = await installation.start();
    const withClaims = { ...thing(), claims: { email: 'ada@example.test' } };
    await expect(
      installation.dataSource.transaction((manager) => messaging.outbox.publish(manager, thingChanged, withClaims)),
    ).rejects.toThrow('unrecognized_keys');
  });
});

function secondHandler() {
  @Handles(workOnThing)
  class SecondHandler {
    async handle(): Promise<void> {}
  }
  return SecondHandler;
}

function pastTheContract() {
  @Controller()
  class PastTheContract {
    @MessagePattern('anything')
    handle(): void {}
  }
  return PastTheContract;
}
