import { describe, expect, it } from '@jest/globals';
import { removeOwnCookies } from './remove-own-cookies.js';

describe('removeOwnCookies', () => {
  it.each<[string, string | undefined]>([
    ['JSESSIONID=1; atlassian.xsrf.token=a|b|c==', 'JSESSIONID=1; atlassian.xsrf.token=a|b|c=='],
    ['gatehouse_session=s', undefined],
    ['gatehouse_session=s; gatehouse_txn_1=t', undefined],
    ['a=1; gatehouse_session=s; b=2', 'a=1; b=2'],
    ['gatehouse_session=s; b=2', 'b=2'],
    ['a=1; gatehouse_session=s', 'a=1'],
    ['__Host-gatehouse_session=s; __Secure-gatehouse_txn=t; a=1', 'a=1'],
    ['a=1;gatehouse_session=s;  b="x y"  ;c', 'a=1;  b="x y"  ;c'],
    [
      'a=gatehouse_session; not_gatehouse_session=1; Gatehouse_x=2',
      'a=gatehouse_session; not_gatehouse_session=1; Gatehouse_x=2',
    ],
    ['b="open; gatehouse_session=stolen; c=close"', 'b="open; c=close"'],
    ['a=1;\tgatehouse_session=s', 'a=1'],
    ['', ''],
  ])('%p becomes %p', (header, expected) => {
    expect(removeOwnCookies(header, ['gatehouse_'])).toBe(expected);
  });
});
