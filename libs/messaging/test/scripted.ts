import { Inject } from '@nestjs/common';
import { defineEvent, defineJob, on, sameLane, TraceId } from '@gatehouse/contracts';
import type { PayloadOf, Route } from '@gatehouse/contracts';
import { z } from 'zod';
import { Handles } from '../src/index.js';
import type { JobContext } from '../src/index.js';

const Reference = z.strictObject({ thingId: z.uuid(), traceId: TraceId });

export const thingChanged = defineEvent({ name: 'thing.changed', meaning: 'a thing changed', data: Reference });
export const thingSwept = defineEvent({ name: 'thing.swept', meaning: 'a sweep passed by', data: Reference });
export const thingDone = defineEvent({ name: 'thing.done', meaning: 'a thing was worked on', data: Reference });
export const thingFollowed = defineEvent({ name: 'thing.followed', meaning: 'a thing is led', data: Reference });

export const workOnThing = defineJob({
  name: 'work-on-thing',
  service: 'claim-mapping',
  meaning: 'Work on a thing.',
  payload: Reference,
  key: ({ thingId }) => thingId,
  attempts: 3,
  emits: [thingDone],
});

export const followThing = defineJob({
  name: 'follow-thing',
  service: 'group-sync',
  meaning: 'Do what comes after.',
  payload: Reference,
  key: ({ thingId }) => thingId,
  attempts: 3,
  needs: 'jira',
  emits: [],
});

export const scriptedFlow: readonly Route[] = [
  on(thingChanged).start(workOnThing, 'interactive', (thing) => thing),
  on(thingSwept).start(workOnThing, 'bulk', (thing) => thing),
  on(thingFollowed).start(followThing, 'interactive', (thing) => thing),
  on(thingDone).start(followThing, sameLane, (thing) => thing),
];

export type Reference = PayloadOf<typeof workOnThing>;

export interface Run {
  readonly job: string;
  readonly payload: Reference;
  readonly context: JobContext;
  readonly startedAt: number;
  endedAt?: number;
  failed?: boolean;
}

type Behaviour = (run: Run, nth: number) => Promise<void> | void;

/** What the handlers of a test do, by job and thing, and what they did. */
export class Script {
  readonly runs: Run[] = [];
  private readonly behaviours = new Map<string, Behaviour>();

  on(thingId: string, behaviour: Behaviour, job = workOnThing.name): void {
    this.behaviours.set(`${job}/${thingId}`, behaviour);
  }

  runsOf(thingId: string, job = workOnThing.name): readonly Run[] {
    return this.runs.filter((run) => run.payload.thingId === thingId && run.job === job);
  }

  async play(job: string, payload: Reference, context: JobContext): Promise<void> {
    const run: Run = { job, payload, context, startedAt: performance.now() };
    this.runs.push(run);
    try {
      await this.behaviours.get(`${job}/${payload.thingId}`)?.(run, this.runsOf(payload.thingId, job).length);
    } catch (error) {
      run.failed = true;
      throw error;
    } finally {
      run.endedAt = performance.now();
    }
  }
}

@Handles(workOnThing)
export class WorkOnThingHandler {
  constructor(@Inject(Script) private readonly script: Script) {}

  handle(payload: Reference, context: JobContext): Promise<void> {
    return this.script.play(workOnThing.name, payload, context);
  }
}

@Handles(followThing)
export class FollowThingHandler {
  constructor(@Inject(Script) private readonly script: Script) {}

  handle(payload: Reference, context: JobContext): Promise<void> {
    return this.script.play(followThing.name, payload, context);
  }
}
