import { describe, expect, it } from '@jest/globals';
import { concernsProperties, planProperties, switchedOff } from './plan-properties.js';

const setByUs = (property: string, configVersion = 1) => ({ property, configVersion });

describe('S25 X30 user properties', () => {
  it.each([
    ['new', { department: 'Ops' }, [], {}, { set: { department: 'Ops' }, remove: [] }],
    ['equal', { department: 'Ops' }, [], { department: 'Ops' }, { set: {}, remove: [] }],
    ['another', { department: 'Ops' }, [], { department: 'Dev' }, { set: { department: 'Ops' }, remove: [] }],
    ['of another type', { floor: '3' }, [], { floor: 3 }, { set: { floor: '3' }, remove: [] }],
    ['to be removed', { department: null }, [], { department: 'Dev' }, { set: {}, remove: ['department'] }],
    ['to be removed and gone', { department: null }, [setByUs('department')], {}, { set: {}, remove: [] }],
    ['named by nobody', {}, [], { theirs: 1 }, { set: {}, remove: [] }],
    ['switched off', {}, [setByUs('department')], { department: 'Dev' }, { set: {}, remove: ['department'] }],
    ['a claim that stays away', {}, [setByUs('department', 2)], { department: 'Dev' }, { set: {}, remove: [] }],
  ])('%s', (_, properties, ours, actual, expected) => {
    const desired = { properties, propertiesKept: [] };
    expect(planProperties({ desired, configVersion: 2, setByUs: ours, actual })).toEqual(expected);
  });

  it('S25 one that is kept without a value outlives every change of the configuration', () => {
    const desired = { properties: {}, propertiesKept: ['department'] };
    const question = { desired, configVersion: 2, setByUs: [setByUs('department'), setByUs('floor')] };
    const actual = { department: 'Dev', floor: '3' };
    expect(planProperties({ ...question, actual })).toEqual({ set: {}, remove: ['floor'] });
    expect(switchedOff(question)).toEqual(['floor']);
  });

  it('are not asked for where there are none', () => {
    expect(concernsProperties({ desired: { properties: {} }, setByUs: [] })).toBe(false);
    expect(concernsProperties({ desired: { properties: {} }, setByUs: [setByUs('x')] })).toBe(true);
  });
});
