import { describe, expect, it } from '@jest/globals';
import type { Logger } from '@gatehouse/telemetry';
import { PassedOver } from './passed-over.js';

describe('what was sent and nothing was made of', () => {
  const noted: object[] = [];
  const logger = { warn: (what: object) => noted.push(what) } as unknown as Logger;
  const lines = (): object[] => noted.splice(0);

  it('C55 is told to the operator: a name once for each provider, so that no answer hides it', () => {
    const passedOver = new PassedOver(logger);
    passedOver.names('company', ['mood', 'name.nick']);
    passedOver.names('company', ['mood']);
    passedOver.names('company', ['mood', 'shoe']);
    passedOver.names('partner', ['mood']);
    passedOver.names('partner', []);
    expect(lines()).toEqual([
      { provider: 'company', names: ['mood', 'name.nick'] },
      { provider: 'company', names: ['shoe'] },
      { provider: 'partner', names: ['mood'] },
    ]);
  });

  it('takes no memory for whoever thinks up names', () => {
    const passedOver = new PassedOver(logger);
    for (let nth = 0; nth < 5_000; nth += 1) passedOver.names('company', [`name-${nth}`]);
    passedOver.names('partner', ['mood']);
    expect(lines()).toHaveLength(201);
  });

  it('O8 members are counted each time', () => {
    const passedOver = new PassedOver(logger);
    for (const ids of [['x', 'y'], ['x'], []]) passedOver.members('company', ids);
    expect(lines()).toEqual([
      { provider: 'company', count: 2 },
      { provider: 'company', count: 1 },
    ]);
  });
});
