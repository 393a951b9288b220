import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@gatehouse/testing';
import { triggerIdOf } from '../src/queue-store.js';
import type { QueueStore } from '../src/queue-store.js';
import { gate, Installation, thing } from './harness.js';
import { Script, thingChanged, thingSwept, workOnThing } from './scripted.js';
import type { Subject } from './subject.js';

const interactive = 'claim-mapping.interactive';

/** Nothing accepted is lost, whatever dies or forgets. Each test has an installation of its own. */
export function losses(subject: Subject): void {
  describe('what is lost', () => {
    let other: Installation;
    beforeEach(async () => {
      other = await Installation.open(subject.openStore);
    });
    afterEach(async () => other.close());

    it('F01 has its job redelivered within 15 s, after any number of deaths', async () => {
      const sender = await other.start({ works: false });
      const { thingId } = thing();
      await other.publish(sender, thingChanged, thing(thingId));
      // Twice, because BullMQ's default fails a job for good at the second death.
      for (let death = 1; death <= 2; death += 1) {
        const taken = gate();
        const dying = await subject.openStore(other.database.url, 1);
        const lane = dying.openLane(
          interactive,
          () => {
            taken.open();
            return new Promise<void>(() => undefined);
          },
          { well: () => undefined, ill: () => undefined, stalled: () => undefined },
        );
        await lane.start();
        await taken.opened;
        await lane.close(0); // its lock is no longer renewed
        await dying.close();
      }
      const diedAt = performance.now();
      const living = await other.start({ script: sender.script });
      await other.settled(thingId, 15_000);
      process.stdout.write(`${subject.name}: redelivered after ${Math.round(performance.now() - diedAt)} ms\n`);
      expect(living.script.runsOf(thingId)).toHaveLength(1);
      expect(await other.outcomes(thingId)).toEqual(['applied']);
      const counted = async () =>
        (await living.messaging.operations.recoveries()).some(
          ({ kind, queue, count }) => kind === 'redelivered' && queue === interactive && count >= 1,
        );
      expect(await waitFor(counted, { what: 'the operator to see the redelivery' })).toBe(true);
    }, 60_000);

    it('F04 adds twice and runs once when it dies between the add and the mark', async () => {
      let dies = true;
      const crashing = await other.start({
        adaptStore: (store) =>
          adapted(store, {
            add: async (queue, triggers) => {
              const absorbed = await store.add(queue, triggers);
              if (!dies) return absorbed;
              dies = false;
              throw new Error('killed before the mark');
            },
          }),
      });
      const { thingId } = thing();
      await other.publish(crashing, thingChanged, thing(thingId));
      await other.settled(thingId);
      expect(crashing.script.runsOf(thingId)).toHaveLength(1);
      expect(await other.outcomes(thingId)).toEqual(['applied']);
    });

    it('keeps rows open while the store is away, says so once, and sends them when it is back', async () => {
      let tries = 0;
      const cut = await other.start({
        adaptStore: (store) =>
          adapted(store, {
            add: (queue, triggers) => {
              tries += 1;
              return tries <= 4 ? Promise.reject(new Error('the store is away')) : store.add(queue, triggers);
            },
          }),
      });
      const { thingId } = thing();
      await other.publish(cut, thingChanged, thing(thingId));
      await waitFor(() => tries >= 2, { what: 'a second try' });
      expect((await other.rows(thingId))[0]!.state).toBe('open');
      await other.settled(thingId, 15_000);
      expect(cut.logLines.filter(({ level, part }) => part === 'relay' && level === 'warn')).toHaveLength(1);
      expect(cut.logLines.filter(({ level, part }) => part === 'relay' && level === 'info')).toHaveLength(1);
    });

    it('F10 goes on when PostgreSQL has cut every connection in the middle of work', async () => {
      const cut = await other.start();
      const things = Array.from({ length: 60 }, () => thing());
      const cutAll = `select pg_terminate_backend(pid) from pg_stat_activity
                      where datname = current_database() and pid <> pg_backend_pid()`;
      for (const [index, one] of things.entries()) {
        // Their own transaction may be the one that is cut: they try again, as a person would.
        await waitFor(() => other.publish(cut, thingChanged, one).then(() => true), { what: 'the publication' });
        if (index % 20 === 10) await other.dataSource.query(cutAll);
      }
      for (const { thingId } of things) await other.settled(thingId, 25_000);
      expect(things.map(({ thingId }) => cut.script.runsOf(thingId).length >= 1)).toEqual(Array(60).fill(true));
      const parked = await cut.messaging.parkedJobs.list({ limit: 1 });
      expect(parked.items).toEqual([]);
    }, 60_000);

    it('I1 enqueues again what the store has lost', async () => {
      let loses = true;
      const lossy = await other.start({
        tuning: { sweepEveryMs: 200, lostAfterMs: 300 },
        adaptStore: (store) =>
          adapted(store, {
            add: (queue, triggers) => {
              if (!loses) return store.add(queue, triggers);
              loses = false;
              return Promise.resolve([]);
            },
          }),
      });
      const { thingId } = thing();
      await other.publish(lossy, thingChanged, thing(thingId));
      await waitFor(async () => (await other.rows(thingId))[0]?.state === 'sent', { what: 'the row to be sent' });
      await other.settled(thingId);
      expect(lossy.script.runsOf(thingId)).toHaveLength(1);
    });

    it('leaves sent rows alone whose job waits in the store', async () => {
      const sender = await other.start({
        works: false,
        tuning: { sweepEveryMs: 20, lostAfterMs: 0 },
      });
      const { thingId } = thing();
      await other.publish(sender, thingChanged, thing(thingId));
      const triggerId = triggerIdOf(workOnThing, thingId);
      await waitFor(async () => (await sender.store.held(interactive, [triggerId])).size === 1, { what: 'the job' });
      await waitFor(async () => (await other.rows(thingId))[0]?.state === 'sent', { what: 'the row to be sent' });
      const sentAt = 'select sent_at::text as at from messaging.outbox where key = $1';
      const [before] = await other.dataSource.query<{ at: string }[]>(sentAt, [thingId]);
      await sweeps(other, 3);
      const [after] = await other.dataSource.query<{ at: string }[]>(sentAt, [thingId]);
      expect(after!.at).toBe(before!.at);
      expect(sender.logLines.filter(({ msg }) => msg.includes('lost'))).toEqual([]);
    });

    it('enqueues only a window of a backlog, and drains all of it', async () => {
      const release = gate();
      const script = new Script();
      const small = await other.start({ script, tuning: { window: 20, pollMs: 60_000 } });
      const things = Array.from({ length: 120 }, () => thing());
      for (const { thingId } of things) script.on(thingId, () => release.opened);
      await other.dataSource.transaction(async (manager) => {
        for (const one of things) await small.messaging.outbox.publish(manager, thingSwept, one);
      });
      const inState = async (state: string) => {
        const [row] = await other.dataSource.query<{ n: number }[]>(
          'select count(*)::int as n from messaging.outbox where state = $1',
          [state],
        );
        return row!.n;
      };
      await waitFor(async () => (await inState('sent')) === 20 && script.runs.length === 10, {
        what: 'the window to fill',
      });
      expect(await inState('open')).toBe(100);
      // Another lane is not behind it.
      const urgent = thing();
      await other.publish(small, thingChanged, urgent);
      await other.settled(urgent.thingId);
      release.open();
      // Without polling: settlements alone must keep the lane filled.
      await waitFor(async () => (await inState('settled')) === 121, {
        what: 'the backlog to drain',
        timeoutMs: 20_000,
      });
    });

    it('takes more triggers of one key than one run covers', async () => {
      const { thingId, traceId } = thing();
      // All of them absorbed by one waiting job: after its run the store holds none for the rest.
      await other.dataSource.query(
        `insert into messaging.outbox (event, job, queue, key, payload, trace_id, state, sent_at)
         select 'x', $1, $2, $3, $4, $5, 'sent', now() from generate_series(1, 2300)`,
        [workOnThing.name, interactive, thingId, JSON.stringify({ thingId, traceId }), traceId],
      );
      const busy = await other.start();
      const triggerId = triggerIdOf(workOnThing, thingId);
      await busy.store.add(interactive, [{ triggerId, job: workOnThing.name, payload: { thingId, traceId } }]);
      await other.settled(thingId, 15_000);
      expect(busy.script.runsOf(thingId)).toHaveLength(3);
      expect(new Set(await other.outcomes(thingId))).toEqual(new Set(['applied', 'superseded']));
    });

    it('deletes what was settled more than 7 days ago, and only that', async () => {
      await other.start({ tuning: { sweepEveryMs: 50 } });
      const kept = randomUUID();
      await other.dataSource.query(
        `insert into messaging.outbox (event, job, queue, key, payload, trace_id, state, outcome, settled_at, created_at)
         values ('x', 'x', 'x', $1, '{}', 'x', 'settled', 'applied', now() - interval '6 days', now() - interval '9 days'),
                ('x', 'x', 'x', $1, '{}', 'x', 'open', null, null, now() - interval '9 days')`,
        [kept],
      );
      await sweeps(other, 2);
      expect(await other.rows(kept)).toHaveLength(2);
    });
  });
}

function adapted(store: QueueStore, changes: Partial<QueueStore>): QueueStore {
  return {
    name: store.name,
    add: (queue, triggers) => store.add(queue, triggers),
    promote: (queue, ids) => store.promote(queue, ids),
    held: (queue, ids) => store.held(queue, ids),
    openLane: (queue, process, observer) => store.openLane(queue, process, observer),
    rawQueue: (queue) => store.rawQueue(queue),
    setPaused: (queue, paused) => store.setPaused(queue, paused),
    pausedLanes: (queues) => store.pausedLanes(queues),
    epoch: () => store.epoch(),
    setEpoch: (epoch) => store.setEpoch(epoch),
    onReturn: (listener) => store.onReturn(listener),
    close: () => store.close(),
    ...changes,
  };
}

/** Each sweep deletes one batch of long settled rows, so that their number counts the sweeps. */
async function sweeps(installation: Installation, count: number): Promise<void> {
  for (let sweep = 0; sweep < count; sweep += 1) {
    const key = randomUUID();
    await installation.dataSource.query(
      `insert into messaging.outbox (event, job, queue, key, payload, trace_id, state, outcome, settled_at)
       values ('x', 'x', 'x', $1, '{}', 'x', 'settled', 'applied', now() - interval '8 days')`,
      [key],
    );
    await waitFor(async () => (await installation.rows(key)).length === 0, { what: 'a sweep' });
  }
}
