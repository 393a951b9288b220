import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Config } from '@gatehouse/config';
import { ConfigDocument } from '@gatehouse/contracts';
import type { LiveConfigReader } from '@gatehouse/database';
import { createLogger } from '@gatehouse/telemetry';
import { waitFor } from '@gatehouse/testing';
import { startUpstreamIdp, upstreamClient } from '../upstream-idp.fixture.js';
import type { UpstreamIdp } from '../upstream-idp.fixture.js';
import { ProviderConnections } from './provider-connections.service.js';

const hourMs = 3_600_000;
const others = [
  'setTimeout',
  'clearTimeout',
  'setImmediate',
  'nextTick',
  'queueMicrotask',
  'hrtime',
  'performance',
] as const;

describe('providers in use', () => {
  let idp: UpstreamIdp;
  let connections: ProviderConnections;
  const lines: string[] = [];

  beforeEach(async () => {
    idp = await startUpstreamIdp([]);
    jest.useFakeTimers({ doNotFake: [...others, 'Date'] });
    const provider = { name: 'Company', issuer: idp.issuer, clientId: upstreamClient.id };
    const document = ConfigDocument.parse({ version: 1, providers: { company: provider, unused: provider } });
    const live = { version: 1, document, secrets: new Map() };
    const config = { production: false, publicUrl: new URL('http://localhost/_sso') } as Config;
    const logger = createLogger('debug', { write: (line: string) => void lines.push(line) });
    connections = new ProviderConnections(config, logger, { current: async () => live } as unknown as LiveConfigReader);
  });
  afterEach(async () => {
    connections.onModuleDestroy();
    jest.useRealTimers();
    await idp.close();
  });

  it('P08 O23 are read again every hour, with their keys, and no longer when the process stops', async () => {
    await connections.open('company');
    idp.requests.length = 0;

    jest.advanceTimersByTime(hourMs);
    await waitFor(() => Promise.resolve(idp.requests.length === 2), { what: 'discovery and keys' });
    expect([...idp.requests].sort()).toEqual(['/.well-known/openid-configuration', '/jwks']);

    connections.onModuleDestroy();
    jest.advanceTimersByTime(3 * hourMs);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(idp.requests).toHaveLength(2);
  });

  it('O26 O27 stay in use while they cannot be read again, which is in the log', async () => {
    const { connection } = await connections.open('company');
    idp.intercept = (_request, response) => {
      response.writeHead(500).end();
      return true;
    };

    jest.advanceTimersByTime(hourMs);
    await waitFor(() => Promise.resolve(lines.some((line) => line.includes('could not be read again'))), {
      what: 'the line',
    });

    expect((await connections.open('company')).connection).toBe(connection);
    expect(lines.join('')).toContain('PROVIDER_METADATA_UNUSABLE: discovery was answered with status 500');
  });

  it('O23 keep their keys when they are read again', async () => {
    const { connection: former } = await connections.open('company');
    jest.advanceTimersByTime(hourMs);
    await waitFor(async () => (await connections.open('company')).connection !== former, {
      what: 'another connection',
    });
    expect((await connections.open('company')).connection.keys).toBe(former.keys);
  });
});
