import type { DataOf, EventDefinition } from './event.js';
import type { JobDefinition, PayloadOf } from './job.js';
import { lanes } from './lane.js';
import type { Lane } from './lane.js';

/** The job runs in the lane of the job that committed the event. */
export const sameLane = 'same-lane' as const;

export interface Route {
  readonly event: EventDefinition;
  readonly job: JobDefinition;
  readonly lane: Lane | typeof sameLane;
  readonly payload: (data: never) => unknown;
}

export function on<Event extends EventDefinition>(event: Event) {
  return {
    start<Job extends JobDefinition>(
      job: Job,
      lane: Lane | typeof sameLane,
      payload: (data: DataOf<Event>) => PayloadOf<Job>,
    ): Route {
      return { event, job, lane, payload };
    },
  };
}

/**
 * The lanes in which a job can arrive, following `sameLane` back through the jobs that emit its event.
 * A service opens only these: every open lane costs PostgreSQL a listening connection.
 */
export function lanesOf(job: JobDefinition, flow: readonly Route[]): readonly Lane[] {
  const reachable = new Map<string, Set<Lane>>(flow.map((route) => [route.job.name, new Set<Lane>()]));
  let grew = true;
  while (grew) {
    grew = false;
    for (const route of flow) {
      const target = reachable.get(route.job.name)!;
      const sizeBefore = target.size;
      for (const lane of incomingLanes(route, flow, reachable)) target.add(lane);
      grew ||= target.size > sizeBefore;
    }
  }
  return lanes.filter((lane) => reachable.get(job.name)?.has(lane));
}

function incomingLanes(route: Route, flow: readonly Route[], reachable: Map<string, Set<Lane>>): Iterable<Lane> {
  if (route.lane !== sameLane) return [route.lane];
  const emitters = flow.filter(({ job }) => job.emits.includes(route.event));
  return emitters.flatMap(({ job }) => [...(reachable.get(job.name) ?? [])]);
}

/** `service.lane`; BullMQ forbids colons in queue names. */
export function queueName(job: Pick<JobDefinition, 'service'>, lane: Lane): string {
  return `${job.service}.${lane}`;
}
