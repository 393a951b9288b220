import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '@gatehouse/config';
import { createLogger } from '@gatehouse/telemetry';
import { Closing } from './closing.js';
import { withoutBasePath } from './front-server.js';
import { assertPortsFree } from './ports.js';
import { databaseUnreachable, explain } from './start-failure.js';

describe('the base path', () => {
  it.each([
    ['/_sso/login/abc?x=1', '/login/abc?x=1'],
    ['/_sso', '/'],
    ['/_sso?x', '/?x'],
    ['/_ssoevil/login', '/_ssoevil/login'],
    ['/healthz', '/healthz'],
  ])('%s is %s for the services', (url, inside) => {
    expect(withoutBasePath(url, '/_sso')).toBe(inside);
  });

  it('may be empty', () => {
    expect(withoutBasePath('/login', '')).toBe('/login');
  });
});

describe('a start that fails', () => {
  it('names the taken port and the variable that chooses another', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const config = loadConfig({ PORT: String(port) });

    try {
      await expect(assertPortsFree(config, [{ name: 'auth-gateway', module: class {} }])).rejects.toThrow(
        `Port ${port} is taken by another program, perhaps a Gatehouse that still runs. Stop that program, or choose another port with AUTH_GATEWAY_PORT.`,
      );
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
  });

  it('says what is wrong with DATABASE_URL in one sentence, without the password in it', () => {
    const error = databaseUnreachable(
      Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
      'postgres://me:hunter2@db:5432/x',
    );

    expect(explain(error)).toMatch(
      /^PostgreSQL at db:5432\/x cannot be used: nothing listens there\. Check DATABASE_URL/,
    );
    expect(explain(error)).not.toMatch(/hunter2|\n/);
  });

  it('closes in the opposite order, once, and goes on when one part fails', async () => {
    const closed: string[] = [];
    const closing = new Closing(createLogger('silent'));
    closing.add('first', async () => void closed.push('first'));
    closing.add('second', async () => {
      closed.push('second');
      throw new Error('stuck');
    });
    closing.add('third', async () => void closed.push('third'));

    await Promise.all([closing.close(), closing.close()]);

    expect(closed).toEqual(['third', 'second', 'first']);
  });
});
