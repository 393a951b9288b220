import { describe, expect, it } from '@jest/globals';
import { desiredAccess } from './desired-access.js';
import { enteredBy } from './entered-by.js';
import { ada, configOf } from './mapping.fixture.js';
import type { GroupsInput } from './mapping.fixture.js';

const byEntry: GroupsInput['defaultGroupsByEntry'] = [
  { entry: '/servicedesk/*', groups: ['portal-team', 'jira-support'] },
  { entry: 'regex:/(browse|secure)/.*', groups: ['developers'], for: 'new' },
  { entry: '*', groups: ['everybody'] },
];

function decided(entries: readonly string[], groups: GroupsInput = {}) {
  const config = configOf({ a: { groups: { defaultGroupsByEntry: byEntry, ...groups } } });
  return desiredAccess({ identities: [{ ...ada('a', ['dev']), entries }], nameFolded: 'ada', config })!.groups;
}

describe('X39 default groups by the page somebody comes in by', () => {
  const config = configOf({ a: { groups: { defaultGroupsByEntry: byEntry } } });

  it.each([
    ['/servicedesk/customer/portal/1', ['/servicedesk/*', '*']],
    ['/browse/DEMO-1', ['regex:/(browse|secure)/.*', '*']],
    ['/', ['*']],
    [undefined, []],
  ])('%s matches %j', (entry, patterns) => {
    expect(enteredBy(config.mappings['a']!, entry)).toEqual(patterns);
  });

  it('gives the groups of every page by which the person came in, and says which', () => {
    const { wanted, reasons } = decided(['/servicedesk/*']);
    expect(wanted).toEqual(['jira-support', 'portal-team']);
    expect(reasons).toContainEqual({ group: 'portal-team', source: 'default', provider: 'a', entry: '/servicedesk/*' });
  });

  it('gives those for newcomers to newcomers only', () => {
    const { wanted, ifNew } = decided(['regex:/(browse|secure)/.*']);
    expect(wanted).toEqual([]);
    expect(ifNew.wanted).toEqual(['developers']);
  });

  it('gives nothing for a pattern that the mapping does not have any more', () => {
    expect(decided(['/wiki/*']).wanted).toEqual([]);
  });

  it('does not count as mapped, and does not depend on whether anything is', () => {
    const groups = { defaultGroups: ['fallback'], onlyIfNothingMapped: true };
    expect(decided(['*'], groups).wanted).toEqual(['everybody', 'fallback']);
    expect(decided(['*'], { ...groups, rules: [{ from: 'dev', to: 'developers' }] }).wanted).toEqual([
      'developers',
      'everybody',
    ]);
  });
});
