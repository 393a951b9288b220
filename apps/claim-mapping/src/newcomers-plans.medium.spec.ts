import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { plannedAsking, plannedTransaction } from '@gatehouse/database';
import type { Asking } from '@gatehouse/database';
import { plansWithoutKeys } from '@gatehouse/testing';
import { ada, config } from '../test/ada.js';
import { Directory } from '../test/directory.js';
import { Installation } from '../test/installation.js';

/** Of whom, of which group, or what is called so. `provider = …` alone would be all that a provider has. */
const asKeys =
  /\b(id|\w+_id|name_folded|\w+_name_folded|username_folded|subject|external_id|key|queue|version|lower)\b[^=]{0,40} >?= /;
const linkKeys = ['externalId', 'userName', 'email'] as const;
/** Small in every installation. */
const small = ['config_version', 'lane_state', 'remap'];

describe('who comes first, in a database without rows', () => {
  let gatehouse: Installation;
  let directory: Directory;
  beforeAll(async () => {
    gatehouse = await Installation.open(1);
    directory = new Directory(gatehouse, 'cognito');
    const cognito = { ...config.providers.cognito, allowedEmailDomains: ['example.com'] };
    const mapping = { ...config.mappings.cognito, directory: { linking: { by: [...linkKeys] } } };
    await gatehouse.configure({ providers: { cognito }, mappings: { cognito: mapping } });
  });
  afterAll(() => gatehouse.close());

  it('is placed by keys, as among a hundred thousand people and their groups', async () => {
    const grace = await directory.person('grace');
    await gatehouse.mapDirectoryUser(grace);
    const signedIn = await gatehouse.identity('cognito', ada, 'subject-1');
    const { account } = await gatehouse.map(signedIn);
    await gatehouse.mapDirectoryUser(await directory.person('ada', { externalId: 'subject-1' }));
    await gatehouse.claim(signedIn, { preferred_username: 'Augusta' });
    await gatehouse.map(signedIn);
    await gatehouse.mapDirectoryUser(grace);
    await gatehouse.decide(account!);
    const team = await directory.group('team', grace);
    await directory.group('all', team);
    await gatehouse.fanOut(team);

    const inTransactions = await plannedTransaction(gatehouse.dataSource, badPlans);
    const alone = await badPlans(plannedAsking(gatehouse.dataSource));
    expect(inTransactions.known).toBeGreaterThanOrEqual(20);
    expect(alone.known).toBeGreaterThanOrEqual(4);
    expect([...inTransactions.bad, ...alone.bad]).toEqual([]);
  });
});

const badPlans = (asking: Asking) => plansWithoutKeys((text, values) => asking.query(text, [...values]), asKeys, small);
