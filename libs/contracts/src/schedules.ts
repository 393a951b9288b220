import type { EventDefinition } from './event.js';
import { messagingTidyDue, runsTidyDue } from './events.js';

/** Publishes its event again and again. Its data is a trace id and nothing else. */
export interface ScheduleDefinition {
  readonly name: string;
  readonly event: EventDefinition;
  readonly everySeconds: number;
  readonly meaning: string;
}

const hour = 3_600;

/** Everything that happens by the clock, on one screen. What an event starts is in flow.ts. */
export const schedules: readonly ScheduleDefinition[] = [
  {
    name: 'tidy-messaging',
    event: messagingTidyDue,
    everySeconds: hour,
    meaning: 'Removes resolved parked jobs, failed attempts and finished actions that are past their age.',
  },
  {
    name: 'tidy-runs',
    event: runsTidyDue,
    everySeconds: hour,
    meaning: 'Removes the history of reconcile runs that is past its age.',
  },
];
