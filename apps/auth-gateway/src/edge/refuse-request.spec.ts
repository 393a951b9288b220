import { describe, expect, it } from '@jest/globals';
import { refusalOf, upgradeRefusalOf } from './refuse-request.js';

describe('refusalOf', () => {
  it.each(['/', '//x', '/a/../b;jsessionid=1?x=/y', '/%00'])('passes the path %p', (url) => {
    expect(refusalOf(url, { 'transfer-encoding': 'Chunked' })).toBeUndefined();
  });

  it.each(['*', 'http://other.example/_sso/x', '', undefined])('refuses the target %p', (url) => {
    expect(refusalOf(url, {})?.status).toBe(400);
  });

  it.each(['gzip, chunked', 'identity', 'chunked, chunked'])('refuses the transfer coding %p', (coding) => {
    expect(refusalOf('/', { 'transfer-encoding': coding })?.status).toBe(501);
  });
});

describe('upgradeRefusalOf', () => {
  it.each([{ 'content-length': '5' }, { 'transfer-encoding': 'chunked' }])('refuses a handshake with %p', (headers) => {
    expect(upgradeRefusalOf('/ws', headers)?.status).toBe(400);
  });

  it('passes a handshake without a body', () => {
    expect(upgradeRefusalOf('/ws', {})).toBeUndefined();
    expect(upgradeRefusalOf('/ws', { 'content-length': '0' })).toBeUndefined();
  });
});
