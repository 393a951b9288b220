import { describe, expect, it } from '@jest/globals';
import { flow } from './flow.js';
import { schedules } from './schedules.js';

const traceId = 'ab'.repeat(16);

describe('Q21 a schedule', () => {
  it.each(schedules.map((schedule) => [schedule.name, schedule] as const))(
    '%s starts a job in the bulk lane, with a trace id and nothing else',
    (_, { event }) => {
      const routes = flow.filter((route) => route.event.name === event.name);
      expect(routes.map(({ lane }) => lane)).toEqual(['bulk']);
      expect(event.data.parse({ traceId })).toEqual({ traceId });
    },
  );

  it('has a name of its own', () => {
    expect(new Set(schedules.map(({ name }) => name)).size).toBe(schedules.length);
  });
});
