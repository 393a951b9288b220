import { describe, expect, it } from '@jest/globals';
import { bulkCallsMax, BulkPlaces } from './bulk-places.js';

function calls(places: BulkPlaces) {
  const underWay: (() => void)[] = [];
  const begin = (lane: 'bulk' | 'interactive', outcome: 'answer' | 'fault' = 'answer') =>
    places
      .take(lane, async () => {
        await new Promise<void>((resolve) => underWay.push(resolve));
        if (outcome === 'fault') throw new Error('a fault of Jira');
      })
      .catch(() => undefined);
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { underWay, begin, settled };
}

describe('calls of the bulk lane', () => {
  it('are no more at once than there are places, and the next has the place of whichever ended or failed', async () => {
    const { underWay, begin, settled } = calls(new BulkPlaces());
    const all = Array.from({ length: bulkCallsMax + 2 }, () => begin('bulk', 'fault'));
    expect(underWay).toHaveLength(bulkCallsMax);
    underWay[0]!();
    await settled();
    expect(underWay).toHaveLength(bulkCallsMax + 1);
    for (let at = 1; at < bulkCallsMax + 2; at += 1) {
      underWay[at]!();
      await settled();
    }
    await Promise.all(all);
    void begin('bulk');
    expect(underWay).toHaveLength(bulkCallsMax + 3);
  });

  it('hold up nobody who signs in', () => {
    const { underWay, begin } = calls(new BulkPlaces());
    for (let n = 0; n < bulkCallsMax + 5; n += 1) void begin('bulk');
    void begin('interactive');
    expect(underWay).toHaveLength(bulkCallsMax + 1);
  });
});
