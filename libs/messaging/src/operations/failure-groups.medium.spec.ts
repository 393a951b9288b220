import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { scaled } from '@gatehouse/testing';
import { OperationsDatabase } from '../../test/operations-fixture.js';
import { FailureGroups } from './failure-groups.js';

describe('failures grouped', () => {
  let database: OperationsDatabase;
  let groups: FailureGroups;

  beforeAll(async () => {
    database = await OperationsDatabase.open();
    groups = new FailureGroups(database.dataSource);
  });
  afterAll(() => database.close());
  beforeEach(() => database.empty());

  it('Q06 shows equal failures of many people as one line, also of a version that knew no groups', async () => {
    const people = scaled(5_000, 500);
    await database.dataSource.query(
      `insert into messaging.parked_job (job, queue, key, payload, trace_id, code, message, detail, attempts, outbox_ids, parked_at)
       select 'reconcile-account', 'group-sync.interactive', gen_random_uuid(), '{}', 't', 'jira.conflict', 'Public words.',
              'jira.conflict: user "person-' || n || '" is locked (status 409, ' || n || ' ms)', 8, '{}',
              now() - n * interval '1 second'
       from generate_series(1, $1::integer) as n`,
      [people],
    );
    await database.park({ code: 'jira.group_missing', detail: 'jira.group_missing: group "ops"' });

    const listed = await groups.list();
    expect(listed).toMatchObject([
      { code: 'jira.conflict', count: people, keys: people, sentence: 'user <name> is locked (status <n>, <n> ms)' },
      { code: 'jira.group_missing', count: 1, keys: 1, sentence: 'group <name>' },
    ]);
    const [largest] = listed;
    expect(largest!.sample.detail).toContain('"person-1"'); // the newest
    expect(largest!.firstAt.getTime()).toBeLessThan(largest!.lastAt.getTime());
    expect(await groups.find(largest!.id)).toEqual(largest);
  });

  it('forgets a group when its last job is resolved', async () => {
    const id = await database.park();
    const [group] = await groups.list();
    await database.dataSource.query(
      `update messaging.parked_job set resolved_at = now(), resolution = 'discarded', resolved_by = 'x' where id = $1`,
      [id],
    );
    expect(await groups.list()).toEqual([]);
    expect(await groups.find(group!.id)).toBeUndefined();
  });
});
