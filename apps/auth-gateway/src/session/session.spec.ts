import { describe, expect, it } from '@jest/globals';
import { isSameOrigin } from '@gatehouse/web';
import { SessionCache } from './session-cache.js';

describe('the memory of live sessions', () => {
  const limits = { entriesMax: 2, hardAgeMs: 3_000 };

  it('forgets after three seconds even if no notification comes', async () => {
    let now = 0;
    const cache = new SessionCache<string>(limits, () => now);
    await cache.load('key', async () => ({ id: '1', value: 'one' }));
    now = 2_999;
    expect(cache.get('key')).toBe('one');
    now = 3_000;
    expect(cache.get('key')).toBeUndefined();
  });

  it('forgets an ended session, and everything when a notification may have been missed', async () => {
    const cache = new SessionCache<string>(limits);
    await cache.load('a', async () => ({ id: '1', value: 'one' }));
    await cache.load('b', async () => ({ id: '2', value: 'two' }));
    cache.forget('1');
    expect([cache.get('a'), cache.get('b')]).toEqual([undefined, 'two']);
    cache.forget('');
    expect(cache.get('b')).toBeUndefined();
  });

  it('does not keep what was read before a session ended', async () => {
    const cache = new SessionCache<string>(limits);
    await cache.load('a', async () => {
      cache.forget('1'); // The end is announced while the row is being read.
      return { id: '1', value: 'one' };
    });
    expect(cache.get('a')).toBeUndefined();
  });

  it('is bounded, and keeps what was used last', async () => {
    const cache = new SessionCache<string>(limits);
    await cache.load('a', async () => ({ id: '1', value: 'one' }));
    await cache.load('b', async () => ({ id: '2', value: 'two' }));
    cache.get('a');
    await cache.load('c', async () => ({ id: '3', value: 'three' }));
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual(['one', undefined, 'three']);
  });
});

describe('O45 a sign-out comes from our own page', () => {
  it.each([
    { headers: { origin: 'https://jira.example', 'sec-fetch-site': 'same-origin' }, own: true },
    { headers: { origin: 'https://jira.example' }, own: true },
    { headers: { 'sec-fetch-site': 'same-origin' }, own: true },
    { headers: {}, own: false },
    { headers: { 'sec-fetch-site': 'none' }, own: false },
    { headers: { origin: 'https://jira.example', 'sec-fetch-site': 'same-site' }, own: false },
    { headers: { origin: 'https://evil.example' }, own: false },
    { headers: { origin: 'https://jira.example.evil.example' }, own: false },
    { headers: { origin: 'null', 'sec-fetch-site': 'same-origin' }, own: true },
    { headers: { origin: 'null', 'sec-fetch-site': 'cross-site' }, own: false },
  ])('$headers: $own', ({ headers, own }) => {
    expect(isSameOrigin(headers, 'https://jira.example')).toBe(own);
  });
});
