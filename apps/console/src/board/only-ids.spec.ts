import { describe, expect, it } from '@jest/globals';
import { onlyIds } from './only-ids.js';

describe('Q23 the board shows ids only', () => {
  it('keeps ids, versions and the key of a provider', () => {
    const payload = {
      identityId: '6f9619ff-8b86-4011-b42d-00c04fc964ff',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      provider: 'cognito',
      configVersion: 7,
    };
    expect(onlyIds(payload)).toEqual(payload);
  });

  it.each([
    [{ email: 'ada@example.com' }, { email: '[hidden]' }],
    [{ name: 'Ada' }, { name: '[hidden]' }],
    [{ provider: 'Ada Lovelace' }, { provider: '[hidden]' }],
    [{ claims: { sub: 'x' } }, { claims: '[hidden]' }],
    [{ groups: ['dev'] }, { groups: '[hidden]' }],
    [{ token: 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln' }, { token: '[hidden]' }],
    ['ada', {}],
    [undefined, {}],
  ])('hides the rest: %j', (payload, shown) => {
    expect(onlyIds(payload)).toEqual(shown);
  });
});
