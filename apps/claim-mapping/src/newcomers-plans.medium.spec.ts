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

describe('who comes first', () => {
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

  it('is placed by keys, before there is anybody and among thousands', async () => {
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

    await expectKeys(gatehouse);
    // What is planned anew once there is a directory: that it looks by keys is no longer a matter of course of small tables.
    await fillDirectory(gatehouse);
    await expectKeys(gatehouse);
  });
});

async function expectKeys({ dataSource }: Installation): Promise<void> {
  const inTransactions = await plannedTransaction(dataSource, badPlans);
  const alone = await badPlans(plannedAsking(dataSource));
  expect(inTransactions.known).toBeGreaterThanOrEqual(20);
  expect(alone.known).toBeGreaterThanOrEqual(4);
  expect([...inTransactions.bad, ...alone.bad]).toEqual([]);
}

/** ANALYZE makes all plans of a table anew; those with few rows stay as they are, or a look at all of them is the best. */
async function fillDirectory({ dataSource }: Installation): Promise<void> {
  await dataSource.query(`
    with person as (
      insert into directory.directory_user (provider, user_name, user_name_folded, external_id)
      select 'cognito', 'person-' || n, 'person-' || n, 'external-' || n from generate_series(1, 20000) as n
      returning id, user_name_folded as name
    ), identity as (
      insert into gateway.identity (provider, issuer, subject, claims)
      select 'cognito', 'https://idp.example', name, '{}' from person returning id, subject as name
    ), account as (
      insert into mapping.account (name_folded) select name from person returning id, name_folded as name
    ), said as (
      insert into mapping.account_identity (identity_id, account_id, username_folded)
      select identity.id, account.id, name from identity join account using (name)
    ), team as (
      insert into directory.directory_group (provider, display_name, display_name_folded)
      select 'cognito', 'team-' || n, 'team-' || n from generate_series(1, 800) as n returning id, display_name as name
    ), member as (
      insert into directory.directory_member (group_id, member_id, member_kind)
      select team.id, person.id, 'user' from team join person on right(team.name, 2) = right(person.name, 2)
    )
    insert into mapping.account_directory_user (directory_user_id, account_id)
    select person.id, account.id from person join account using (name)`);
  await dataSource.query(
    `analyze directory.directory_user, directory.directory_group, directory.directory_member, gateway.identity,
     mapping.account, mapping.account_identity, mapping.account_directory_user`,
  );
}

const badPlans = (asking: Asking) => plansWithoutKeys((text, values) => asking.query(text, [...values]), asKeys, small);
