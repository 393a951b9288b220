import type { EventDefinition } from './event.js';
import {
  directorySyncsDue,
  driftAuditDue,
  driftSweepDue,
  inactivitySweepDue,
  messagingTidyDue,
  runsTidyDue,
} from './events.js';

/** Publishes its event again and again. Its data is a trace id and nothing else. */
export interface ScheduleDefinition {
  readonly name: string;
  readonly event: EventDefinition;
  readonly everySeconds: number;
  readonly meaning: string;
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const week = 7 * day;

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
  {
    name: 'directory-syncs',
    event: directorySyncsDue,
    everySeconds: 5 * minute,
    meaning: 'Begins to read the directories whose `pullSync.everyMinutes` are over.',
  },
  {
    name: 'inactivity-sweep',
    event: inactivitySweepDue,
    everySeconds: day,
    meaning:
      'Deactivates accounts that nobody has used for settings.inactivity.days. Does nothing while that is not set.',
  },
];
