import { describe, expect, it } from '@jest/globals';
import { fixOrigin } from './fix-origin.js';

describe('O42 the origin the OP sees', () => {
  it('is the one of PUBLIC_URL, whatever the request says', () => {
    const headers = {
      host: 'evil.example',
      forwarded: 'host=evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
      'x-forwarded-for': '6.6.6.6',
      'x-forwarded-prefix': '/evil',
      accept: 'text/html',
    };
    fixOrigin(headers, new URL('https://jira.example:8443/_sso'));
    expect(headers).toEqual({ host: 'jira.example:8443', 'x-forwarded-proto': 'https', accept: 'text/html' });
  });
});
