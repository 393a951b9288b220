import { expect, it } from '@jest/globals';
import { triggerIdOf } from '../src/queue-store.js';
import { gate, Installation, thing } from './harness.js';
import { Script, thingChanged, workOnThing } from './scripted.js';
import type { Subject } from './subject.js';

const interactive = 'claim-mapping.interactive';

/** A deploy: a process is asked to go and goes, with nothing left lying. */
export function stops(subject: Subject): void {
  it('F05 waits for active jobs at shutdown, leaves none stalled and takes no new one', async () => {
    const installation = await Installation.open(subject.openStore);
    const sender = await installation.start({ works: false });
    const held = async (thingId: string) =>
      (await sender.store.held(interactive, [triggerIdOf(workOnThing, thingId)])).size === 1;
    const script = new Script();
    const leaving = await installation.start({ script });
    const [running, release] = [gate(), gate()];
    const { thingId } = thing();
    script.on(thingId, () => {
      running.open();
      return release.opened;
    });
    await installation.publish(leaving, thingChanged, thing(thingId));
    await running.opened;
    const closed = leaving.close();
    const late = thing();
    await installation.publish(sender, thingChanged, late);
    expect(await held(thingId)).toBe(true);
    release.open();
    await closed;
    expect(await installation.outcomes(thingId)).toEqual(['applied']);
    expect(await held(thingId)).toBe(false);
    expect(script.runsOf(late.thingId)).toEqual([]);
    const next = await installation.start();
    await installation.settled(late.thingId);
    expect(next.script.runsOf(late.thingId)).toHaveLength(1);
    await installation.close();
  });
}
