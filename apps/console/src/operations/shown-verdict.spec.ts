import { describe, expect, it } from '@jest/globals';
import { OperationsView } from '@gatehouse/contracts';
import type { OperationsSnapshot } from '@gatehouse/messaging';
import { shownVerdict } from './shown-verdict.js';

const well: OperationsSnapshot['verdict'] = {
  state: 'ok',
  sentence: 'All lanes are within target.',
  cause: undefined,
  queue: undefined,
  lateBySeconds: 0,
  press: [],
  alerts: [],
};
const red: OperationsSnapshot['verdict'] = {
  ...well,
  state: 'red',
  sentence: 'A lane stands still.',
  cause: 'no-worker',
  queue: 'a.b',
};
const trouble = { message: 'Jira has another entry.', action: 'Rename it.' };
const said = 'The registration at Jira does not succeed: Jira has another entry. Rename it.';

describe('Q01 the verdict and the registration at Jira', () => {
  it('Q01 is that on the lanes while nothing stands in the way', () => {
    expect(shownVerdict(well, undefined)).toEqual({ ...well, cause: null, queue: null });
  });

  it('Q01 asks for attention, says why and where to look', () => {
    const { alerts, ...verdict } = shownVerdict(well, trouble);
    expect(OperationsView.shape.verdict.parse(verdict)).toMatchObject({
      state: 'attention',
      sentence: `All lanes are within target. ${said}`,
      press: [{ label: 'Registration', method: 'GET', path: '/jira/registration' }],
    });
    expect(OperationsView.shape.alerts.parse(alerts)).toMatchObject([{ what: 'registration', sentence: said }]);
  });

  it('Q01 stays behind a lane that is red, as an alert', () => {
    expect(shownVerdict(red, trouble)).toMatchObject({
      state: 'red',
      sentence: 'A lane stands still.',
      alerts: [{ what: 'registration' }],
    });
  });
});
