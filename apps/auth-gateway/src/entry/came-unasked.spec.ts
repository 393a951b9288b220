import { describe, expect, it } from '@jest/globals';
import { cameUnasked } from './came-unasked.js';

const jira = 'https://jira.other.example/jira';
const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

describe('O69 whether another site has sent this browser', () => {
  it.each([
    ['an address that was typed', { ...navigation, 'sec-fetch-site': 'none' }],
    ['Jira behind the edge', { ...navigation, 'sec-fetch-site': 'same-origin' }],
    ['Jira on a host beside ours', { ...navigation, 'sec-fetch-site': 'same-site' }],
    ['a link in a mail that was clicked', { ...navigation, 'sec-fetch-site': 'cross-site', 'sec-fetch-user': '?1' }],
    [
      'a page of Jira on a site of its own',
      { ...navigation, 'sec-fetch-site': 'cross-site', referer: 'https://jira.other.example/' },
    ],
    ['a browser that says nothing', {}],
    ['a program', { 'sec-fetch-mode': 'cors' }],
  ])('no: %s', (_what, headers) => {
    expect(cameUnasked(headers, jira)).toBe(false);
  });

  it.each([
    ['a page that leads here by itself', { ...navigation, 'sec-fetch-site': 'cross-site' }],
    [
      'one that says where it is',
      { ...navigation, 'sec-fetch-site': 'cross-site', referer: 'https://jira.other.example.evil.example/' },
    ],
    ['one that hides it', { ...navigation, 'sec-fetch-site': 'cross-site', referer: 'about:client' }],
    ['a frame', { ...navigation, 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'same-origin' }],
    ['an image', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image', 'sec-fetch-site': 'cross-site' }],
    ['a script', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'cross-site' }],
  ])('yes: %s', (_what, headers) => {
    expect(cameUnasked(headers, jira)).toBe(true);
  });

  it('yes, while nobody knows where Jira is', () => {
    const headers = { ...navigation, 'sec-fetch-site': 'cross-site', referer: 'https://jira.other.example/' };
    expect(cameUnasked(headers, undefined)).toBe(true);
  });
});
