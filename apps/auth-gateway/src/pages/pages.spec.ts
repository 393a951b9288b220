import { describe, expect, it } from '@jest/globals';
import { plain } from '@gatehouse/testing';
import { html, stylesheet } from '@gatehouse/web';
import { codes } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import { personText, waitingText } from './person-texts.js';
import { press } from './press.js';
import { problemPage } from './problem-page.js';
import { signInScript, signInScriptFile } from './sign-in.script.js';
import { choicePage, waitingPage } from './sign-in-pages.js';
import { loggedOutPage, logoutPage } from './sign-out-pages.js';

const attack = `"><script>alert('x')</script>&`;
const surroundings = {
  basePath: '/_sso',
  publicUrl: new URL('https://jira.example/_sso'),
  jiraUrl: 'https://jira.example',
  contact: attack,
  now: new Date('2026-03-04T05:06:07.890Z'),
};

describe('sign-in pages', () => {
  it('escape everything that is not markup of ours', () => {
    expect(html`<p title="${attack}">${attack}</p>`.text).toBe(
      '<p title="&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;">&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;</p>',
    );
    const items = [html`<li>${1}</li>`, html`<li>${undefined}</li>`];
    expect(html`${items}${false}`.text).toBe('<li>1</li><li></li>');
  });

  const pages = {
    choice: choicePage(
      [{ key: 'a', name: attack }],
      { interaction: attack, other: false, signedOut: true },
      surroundings,
    ),
    waiting: waitingPage(
      { code: 'jira.unreachable', waitedSeconds: 30, reference: attack, refreshSeconds: 2 },
      surroundings,
    ),
    problem: problemPage(
      { code: 'entry.email_not_verified', reference: attack, interaction: attack, person: attack },
      surroundings,
    ),
    logout: logoutPage(surroundings),
    'logged out': loggedOutPage('jira-not', surroundings),
    'logged out of Jira too': loggedOutPage('jira-too', surroundings),
  };
  it.each(Object.entries(pages))(
    'E12 E14 %s: one heading, a language, a title, no script but ours, nothing from elsewhere',
    (_name, page) => {
      expect(page.body.match(/<h1\b/g)).toHaveLength(1);
      expect(page.body).toMatch(/^<!doctype html>\s*<html lang="en"/);
      expect(page.body).toMatch(/<title>[^<]+<\/title>/);
      expect(page.body).not.toMatch(/javascript:|\son\w+=|style=/i);
      expect([...page.body.matchAll(/<script.*/gi)].map(([tag]) => tag)).toEqual([
        `<script type="module" src="/_sso/assets/${signInScriptFile}"></script>`,
      ]);
      const loaded = [...page.body.matchAll(/(?:src|<link[^>]*href)="([^"]*)"/g)].map(([, address]) => address!);
      for (const address of loaded) expect(address).toMatch(/^(data:|\/_sso\/)/);
      expect(Buffer.byteLength(page.body + stylesheet + signInScript)).toBeLessThan(30_000); // E15
    },
  );

  it('E09 E12 the error page is honest: status, title, alert with the focus, reference, never on by itself', () => {
    expect(pages.problem.status).toBe(403);
    expect(pages.problem.body).toContain('<title>Error: ');
    expect(pages.problem.body).toContain('role="alert" tabindex="-1" autofocus');
    expect(pages.problem.refreshSeconds).toBeUndefined();
  });

  it('E09 says who can help, as the administrator wrote it, and when it was', () => {
    const page = problemPage(
      { code: 'login.answer_invalid', reference: 'r' },
      { ...surroundings, contact: 'IT service desk, room 3' },
    );
    expect(plain(page.body)).toContain('Who can help: IT service desk, room 3');
    expect(plain(page.body)).toContain('Time: 2026-03-04 05:06:07 UTC');
    expect(page.body).toContain('datetime="2026-03-04T05:06:07.890Z"');
    const nobody = problemPage(
      { code: 'login.answer_invalid', reference: 'r' },
      { ...surroundings, contact: undefined },
    );
    expect(plain(nobody.body)).not.toContain('Who can help');
  });

  it('E10 the page of a refusal names whom the provider named, and offers another account and the way back', () => {
    const page = problemPage(
      { code: 'match.creation_off', reference: 'r', interaction: 'i', person: 'ada@example.com' },
      surroundings,
    );
    expect(plain(page.body)).toContain('Signed in as ada@example.com');
    expect(page.body).toMatch(/href="\/_sso\/login\/i\?other=1"[^>]*>Try another account</);
    expect(page.body).toMatch(/href="https:\/\/jira.example"[^>]*>Back to Jira</);
  });

  it('E06 a page that waits says after 8 s that it still does, and after 20 s offers a way out', () => {
    const after = (waitedSeconds: number) =>
      plain(waitingPage({ code: undefined, waitedSeconds, reference: 'r', refreshSeconds: 2 }, surroundings).body);
    expect(after(7)).toContain('first time');
    expect(after(8)).toContain('Still waiting for Jira');
    expect(after(8)).not.toContain('Back to Jira');
    expect(after(20)).toContain('Back to Jira');
  });

  it('E06 every button that leads on has what it says while the browser is on its way', () => {
    for (const [name, { body }] of Object.entries(pages)) {
      const buttons = body.match(/<(a|button)\b[^>]*class="button[^>]*>/g) ?? [];
      const silent = buttons.filter((tag) => !/data-going="[^"]+"\s+data-still="[^"]+"\s+data-late="[^"]+"/.test(tag));
      expect({ [name]: silent }).toEqual({ [name]: [] });
    }
    expect(pages.choice.body).toContain('data-still="Still waiting for &quot;&gt;&lt;script&gt;');
    expect(press({ target: 'Company', contact: 'room 3' }).text).toContain('Who can help: room 3"');
    expect(press({ target: 'Company', contact: undefined }).text).not.toContain('Who can help');
  });

  it('E09 what is copied says what happened, when and under which reference, and no code that the text withholds', () => {
    const page = problemPage({ code: 'match.administrator', reference: 'ref-1' }, surroundings);
    const [, copy] = /data-copy="([^"]*)"/.exec(page.body)!;
    expect(copy).toBe('Your account cannot be connected\nReference: ref-1\nTime: 2026-03-04T05:06:07.890Z');
    expect(page.body).not.toContain('match.administrator');
  });

  it.each(Object.keys(codes) as ErrorCode[])(
    'has words for a person for %s, without a fault of ours as a 200',
    (code) => {
      const { status, title, text } = personText(code);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(title.length).toBeGreaterThan(5);
      expect(text).toMatch(/\.$/);
      expect(text).not.toMatch(/JIRA_|administrator of Jira|groups? claim/);
    },
  );

  it('tells nobody that a name belongs to an administrator or is reserved', () => {
    expect(personText('match.administrator')).toBe(personText('match.reserved_name'));
    expect(personText('match.administrator')).toBe(personText('match.email_differs'));
  });

  it('says when it is Jira that is waited for', () => {
    expect(waitingText('jira.rate_limited', 1)).toContain('Jira is not answering');
    expect(waitingText(undefined, 1)).toContain('first time');
  });
});
