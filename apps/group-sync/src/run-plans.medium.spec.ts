import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { plannedAsking, plannedTransaction } from '@gatehouse/database';
import type { Asking } from '@gatehouse/database';
import { plansWithoutKeys } from '@gatehouse/testing';
import { desiredGroups, Installation } from '../test/installation.js';

/** Of whom, or what is called so; the brake counts what a version of the rules takes from a group. */
const asKeys = /\b(id|\w+_id|key|name|\w*username\w*|target|jira_key|group_folded|config_version)\b[^=]{0,20} >?= /;
const small = ['config_version', 'lane_state'];

describe('the first runs, in a database without rows', () => {
  let gatehouse: Installation;
  beforeAll(async () => {
    gatehouse = await Installation.open(1);
    await gatehouse.configure({ verificationWindowMinutes: 0 });
    gatehouse.jira.addGroups('users', 'developers');
  });
  afterAll(() => gatehouse.close());

  it('are planned by keys, as for a hundred thousand people', async () => {
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['developers'], ['developers']) });
    await gatehouse.reconcile(ada);
    await gatehouse.desire(ada, { groups: desiredGroups([]) }, 2);
    await gatehouse.reconcile(ada);
    await gatehouse.desire(ada, { deactivated: { by: 'directory', provider: 'p' } });
    await gatehouse.reconcile(ada);

    const inTransactions = await plannedTransaction(gatehouse.dataSource, badPlans);
    const alone = await badPlans(plannedAsking(gatehouse.dataSource));
    expect(inTransactions.known).toBeGreaterThanOrEqual(5);
    expect(alone.known).toBeGreaterThanOrEqual(5);
    expect([...inTransactions.bad, ...alone.bad]).toEqual([]);
  });
});

const badPlans = (asking: Asking) => plansWithoutKeys((text, values) => asking.query(text, [...values]), asKeys, small);
