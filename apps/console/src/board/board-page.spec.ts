import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { boardPolicy, strictPage } from './board-page.js';

describe('Q24 the page of the board', () => {
  it('names no other origin and has no inline style, whatever bull-board puts there', async () => {
    const ui = dirname(createRequire(import.meta.url).resolve('@bull-board/ui/package.json'));
    const made = await readFile(join(ui, 'dist/index.ejs'), 'utf8');
    const page = strictPage(made, '/_sso/console/assets/board.css');

    expect(made).toMatch(/href="https:\/\/fonts/);
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(page).not.toMatch(/style=|<style/);
    expect(page.match(/<script defer src="static\//g)).toEqual(made.match(/<script defer src="static\//g));
    expect(page).toContain('<div id="root">');
    expect(page).toContain('<link href="/_sso/console/assets/board.css" rel="stylesheet"></head>');
  });

  it('has a policy of its own, without "unsafe" anything', () => {
    expect(boardPolicy).toContain("default-src 'none'; script-src 'self';");
    expect(boardPolicy).not.toContain('unsafe');
  });
});
