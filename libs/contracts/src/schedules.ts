import type { EventDefinition } from './event.js';
import { driftAuditDue, driftSweepDue, messagingTidyDue, runsTidyDue } from './events.js';

/** Publishes its event again and again. Its data is a trace id and nothing else. */
export interface ScheduleDefinition {
  readonly name: string;
  readonly event: EventDefinition;
  readonly everySeconds: number;
  readonly meaning: string;
}

const hour = 3_600;
const week = 7 * 24 * hour;

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
  {
    name: 'drift-sweep',
    event: driftSweepDue,
    everySeconds: hour,
    meaning: 'Compares accounts with Jira that were not seen there within driftSweepHours, and repairs what differs.',
  },
  {
    name: 'drift-audit',
    event: driftAuditDue,
    everySeconds: week,
    meaning: 'The same for all accounts, however lately they were seen. Run it after somebody changed much in Jira.',
  },
];
