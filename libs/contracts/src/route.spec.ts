import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { EventDefinition } from './index.js';
import {
  defineEvent,
  defineJob,
  fanOutGroup,
  flow,
  lanes,
  lanesOf,
  mapClaims,
  mapDirectoryUser,
  on,
  reconcileAccount,
  releaseRemovals,
  remapProvider,
  sameLane,
} from './index.js';

describe('the flow table', () => {
  it('opens for each job only the lanes that something sends to', () => {
    expect(lanesOf(remapProvider, flow)).toEqual(['bulk']);
    expect(lanesOf(releaseRemovals, flow)).toEqual(['bulk']);
    expect(lanesOf(fanOutGroup, flow)).toEqual(['provisioning']);
    for (const job of [mapClaims, mapDirectoryUser, reconcileAccount]) expect(lanesOf(job, flow)).toEqual(lanes);
  });

  it('follows "same lane" back through every job that emits the event, around loops', () => {
    const data = z.strictObject({ id: z.string() });
    const event = (name: string) => defineEvent({ name, meaning: name, data });
    const login = event('login');
    const sweep = event('sweep');
    const desired = event('desired');
    const again = event('again');
    const job = (name: string, emits: EventDefinition[]) =>
      defineJob({ name, service: 'group-sync', meaning: name, payload: data, key: ({ id }) => id, attempts: 1, emits });
    const first = job('first', [desired]);
    const second = job('second', [again]);
    const same = (value: unknown) => value as { id: string };
    const table = [
      on(login).start(first, 'interactive', same),
      on(sweep).start(first, 'bulk', same),
      on(desired).start(second, sameLane, same),
      on(again).start(first, sameLane, same),
    ];

    expect(lanesOf(second, table)).toEqual(['interactive', 'bulk']);
    expect(lanesOf(first, table)).toEqual(['interactive', 'bulk']);
  });

  it('carries ids, keys of the configuration, how far a sweep goes and a trace id only', () => {
    const allowed = new Set([
      'directoryUserId',
      'groupId',
      'identityId',
      'accountId',
      'resyncId',
      'provider',
      'configVersion',
      'scope',
      'traceId',
    ]);
    for (const { job } of flow) {
      const { properties } = z.toJSONSchema(job.payload) as { properties: Record<string, unknown> };
      expect(Object.keys(properties).filter((name) => !allowed.has(name))).toEqual([]);
    }
  });
});
