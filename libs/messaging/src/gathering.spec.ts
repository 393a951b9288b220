import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Gathering } from './gathering.js';

describe('rows that come together before the relay moves them', () => {
  const beside = (isQuiet: boolean) => {
    let looks = 0;
    const gathering = new Gathering({ isQuiet }, () => (looks += 1));
    return { gathering, looks: () => looks };
  };

  it('of lanes in which nobody waits do while somebody signs in, and all of them are looked at together', async () => {
    const { gathering, looks } = beside(false);
    expect(gathering.begin('claim-mapping.provisioning')).toBe(true);
    expect(gathering.begin('claim-mapping.bulk')).toBe(true);
    expect(gathering.begin('claim-mapping.provisioning')).toBe(true);
    expect(gathering.has('claim-mapping.bulk')).toBe(true);
    await delay(200);
    expect([looks(), gathering.has('claim-mapping.provisioning'), gathering.has('claim-mapping.bulk')]).toEqual([
      1,
      false,
      false,
    ]);
  });

  it.each(['group-sync.interactive', 'group-sync.offboarding'])('of %s never do', (queue) => {
    const { gathering } = beside(false);
    expect([gathering.begin(queue), gathering.has(queue)]).toEqual([false, false]);
  });

  it('never do while nobody signs in', () => {
    const { gathering } = beside(true);
    expect(gathering.begin('claim-mapping.bulk')).toBe(false);
  });

  it('are looked at by nobody once the relay has ended', async () => {
    const { gathering, looks } = beside(false);
    gathering.begin('claim-mapping.bulk');
    gathering.stop();
    await delay(200);
    expect(looks()).toBe(0);
  });
});
