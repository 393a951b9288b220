import { describe, expect, it } from '@jest/globals';
import { pauseForSeats } from './pause-for-seats.js';

const software = (remainingSeats: number | null) => ({ key: 'software', groups: ['Users', 'devs'], remainingSeats });
const desk = (remainingSeats: number | null) => ({ key: 'desk', groups: ['agents', 'devs'], remainingSeats });

describe('P04 seats', () => {
  it.each([
    ['a seat is left', [software(1)], [], ['users', 'x'], { add: ['users', 'x'], paused: [], takes: ['software'] }],
    ['none is left', [software(0)], [], ['users', 'x'], { add: ['x'], paused: ['users'], takes: [] }],
    ['without a limit', [software(null)], [], ['users'], { add: ['users'], paused: [], takes: ['software'] }],
    ['it has one already', [software(0)], ['USERS'], ['devs'], { add: ['devs'], paused: [], takes: [] }],
    ['one of two is full', [software(3), desk(0)], [], ['users', 'devs'], { add: ['users'], paused: ['devs'] }],
    ['two groups, one seat', [software(1)], [], ['users', 'devs'], { add: ['users', 'devs'], takes: ['software'] }],
  ])('%s', (_, applications, present, add, expected) => {
    expect(pauseForSeats({ applications, present, add })).toMatchObject(expected);
  });
});
