import { expect, it } from '@jest/globals';
import { QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { databaseIsAway } from './database-is-away.js';

const coded = (code: string) => Object.assign(new Error('x'), { code });

it.each([
  { error: coded('ECONNREFUSED'), away: true },
  { error: coded('57P01'), away: true },
  { error: coded('08006'), away: true },
  { error: new Error('Connection terminated unexpectedly'), away: true },
  { error: new Error('timeout exceeded when trying to connect'), away: true },
  { error: new AggregateError([coded('ECONNREFUSED')]), away: true },
  { error: Object.assign(new Error('failed'), { driverError: coded('57P03') }), away: true },
  { error: new QueryRunnerProviderAlreadyReleasedError(), away: true },
  { error: coded('23505'), away: false },
  { error: coded('40P01'), away: false },
  { error: Object.assign(new Error('failed'), { driverError: coded('42P01') }), away: false },
  { error: new Error('x'), away: false },
  { error: { code: 'ECONNREFUSED' }, away: false },
  { error: undefined, away: false },
])('tells a PostgreSQL that is away from one that refuses (%#)', ({ error, away }) => {
  expect(databaseIsAway(error)).toBe(away);
});
