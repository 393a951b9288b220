import { describe, expect, it } from '@jest/globals';
import { LogoutTokenPlaces } from './logout-token-places.js';

describe('places for logout tokens', () => {
  const places = () => new LogoutTokenPlaces({ perProvider: 2, inAll: 3 });
  const taken = (of: LogoutTokenPlaces, ...providers: string[]) => providers.map((provider) => of.take(provider));

  it('are counted for each provider, so that one takes none of another', () => {
    expect(taken(places(), 'noisy', 'noisy', 'noisy', 'quiet')).toEqual([true, true, false, true]);
  });

  it('are bounded for all of them', () => {
    expect(taken(places(), 'a', 'b', 'c', 'd')).toEqual([true, true, true, false]);
  });

  it('are there again once left, and a refusal has taken none', () => {
    const of = places();
    taken(of, 'a', 'a', 'a', 'b');
    of.leave('a');
    expect(taken(of, 'a', 'a', 'b')).toEqual([true, false, false]);
    for (const provider of ['a', 'a', 'b']) of.leave(provider);
    expect(taken(of, 'b', 'b', 'a')).toEqual([true, true, true]);
  });
});
