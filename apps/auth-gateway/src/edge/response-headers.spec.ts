import { describe, expect, it } from '@jest/globals';
import { responseHeadersForBrowser } from './response-headers.js';

describe('responseHeadersForBrowser', () => {
  it('passes what belongs to the answer', () => {
    const headers = { 'set-cookie': ['a=1', 'b=2'], 'content-length': '5', location: '/x', 'x-ausername': 'ada' };
    expect(responseHeadersForBrowser(headers)).toEqual(headers);
  });

  it('drops what Jira says about its own connection', () => {
    const headers = {
      connection: 'close, X-Hop, Content-Length',
      'keep-alive': 'timeout=20',
      'x-hop': '1',
      'content-length': '5',
      vary: 'Accept',
    };
    expect(responseHeadersForBrowser(headers)).toEqual({ 'content-length': '5', vary: 'Accept' });
  });

  it('drops a length that came along with a transfer coding', () => {
    expect(responseHeadersForBrowser({ 'transfer-encoding': 'chunked', 'content-length': '5' })).toEqual({});
  });
});
