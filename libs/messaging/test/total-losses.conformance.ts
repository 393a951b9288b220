import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scaled, waitFor } from '@gatehouse/testing';
import { gate, Installation, rowsByState, thing } from './harness.js';
import { Script, thingChanged, thingSwept, workOnThing } from './scripted.js';
import type { Subject } from './subject.js';

const bulk = 'claim-mapping.bulk';
const tuning = { upkeepEveryMs: 100, window: 200 };

/** FLUSHALL, or a start with an empty Redis: PostgreSQL knows everything that has to be there. */
export function totalLosses(subject: Subject): void {
  describe('a store that has lost everything', () => {
    let other: Installation;
    beforeEach(async () => {
      other = await Installation.open(subject.openStore);
    });
    afterEach(async () => other.close());

    const wipe = () => subject.wipe(other.database.url);

    it('F07 is noticed within seconds, and everything that was sent is enqueued again', async () => {
      const sender = await other.start({ works: false, tuning });
      const things = Array.from({ length: 20 }, () => thing());
      for (const one of things) await other.publish(sender, thingChanged, one);
      await waitFor(async () => (await rowsByState(other)).sent === 20, { what: 'the rows to be sent' });
      await wipe();
      const lossSaid = () => sender.logLines.some(({ msg }) => msg.includes('has lost everything'));
      await waitFor(lossSaid, { what: 'the loss to be noticed' });
      await waitFor(async () => (await rowsByState(other)).sent === 20, { what: 'the rows to be sent again' });
      const worker = await other.start({ tuning });
      for (const { thingId } of things) await other.settled(thingId);
      expect(things.map(({ thingId }) => worker.script.runsOf(thingId).length)).toEqual(Array(20).fill(1));
    });

    it('F07 keeps paused what is paused', async () => {
      const process = await other.start({ tuning });
      await process.messaging.lanes.pause(bulk, { actor: 'ada', reason: 'a test' });
      const swept = thing();
      await other.publish(process, thingSwept, swept);
      await wipe();
      await waitFor(async () => (await process.store.pausedLanes([bulk])).size === 1, { what: 'the pause' });
      await other.settled((await publishChange(other, process)).thingId);
      expect(process.script.runsOf(swept.thingId)).toEqual([]);
      await process.messaging.lanes.resume(bulk, { actor: 'ada' });
      await other.settled(swept.thingId);
    });

    it('F07 re-enqueues a huge backlog window by window, and runs each key once', async () => {
      const rows = scaled(50_000, 2_000);
      const release = gate();
      const script = new Script();
      const process = await other.start({ script, tuning });
      const first = thing();
      script.on(first.thingId, () => release.opened);
      await other.publish(process, thingSwept, first);
      await waitFor(() => script.runs.length === 1, { what: 'the lane to work' });
      await addBacklog(other, rows);
      let most = 0;
      const settled = async () => {
        const states = await rowsByState(other);
        most = Math.max(most, states.sent);
        return states.settled;
      };
      await waitFor(async () => (await settled()) > rows * 0.1, { what: 'a tenth to be done', timeoutMs: 60_000 });
      await wipe();
      release.open();
      await waitFor(async () => (await settled()) === rows + 1, { what: 'the rest', timeoutMs: 600_000 });
      // What runs is counted by both the old and the new window.
      expect(most).toBeLessThanOrEqual(tuning.window + 10);
      // A key whose run was cut off by the loss may run again; all others ran once.
      expect(script.runs.length).toBeLessThanOrEqual(rows + 1 + 20);
    }, 700_000);
  });
}

async function publishChange(installation: Installation, from: Parameters<Installation['publish']>[0]) {
  const changed = thing();
  await installation.publish(from, thingChanged, changed);
  return changed;
}

/** As many facts for the bulk lane, each for a key of its own. */
async function addBacklog(installation: Installation, rows: number): Promise<void> {
  await installation.dataSource.query(
    `insert into messaging.outbox (event, job, queue, key, payload, trace_id)
     select 'thing.swept', $1, $2, key, jsonb_build_object('thingId', key, 'traceId', $3::text), $3
     from (select gen_random_uuid()::text as key from generate_series(1, $4::integer)) as keys`,
    [workOnThing.name, bulk, thing().traceId, rows],
  );
  await installation.dataSource.query(`select pg_notify('gatehouse_outbox', '')`);
}
