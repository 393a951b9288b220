import { describe, expect, it } from '@jest/globals';
import { html, stylesheet } from '@gatehouse/web';
import { codes } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import { personText, waitingText } from './person-texts.js';
import { problemPage } from './problem-page.js';
import { choicePage, waitingPage } from './sign-in-pages.js';
import { loggedOutPage, logoutPage } from './sign-out-pages.js';

const surroundings = { basePath: '/_sso', jiraUrl: 'https://jira.example' };
const attack = `"><script>alert('x')</script>&`;

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
    waiting: waitingPage({ code: 'jira.unreachable', reference: attack, refreshSeconds: 2 }, surroundings),
    problem: problemPage(
      { code: 'entry.email_not_verified', reference: attack, interaction: attack, person: attack },
      surroundings,
    ),
    logout: logoutPage(surroundings),
    'logged out': loggedOutPage('jira-not', surroundings),
    'logged out of Jira too': loggedOutPage('jira-too', surroundings),
  };
  it.each(Object.entries(pages))(
    'E12 E14 %s: one heading, a language, a title, no script, nothing from elsewhere',
    (_name, page) => {
      expect(page.body.match(/<h1\b/g)).toHaveLength(1);
      expect(page.body).toMatch(/^<!doctype html>\s*<html lang="en"/);
      expect(page.body).toMatch(/<title>[^<]+<\/title>/);
      expect(page.body).not.toMatch(/<script|onclick|style=/i);
      const loaded = [...page.body.matchAll(/(?:src|<link[^>]*href)="([^"]*)"/g)].map(([, address]) => address!);
      for (const address of loaded) expect(address).toMatch(/^(data:|\/_sso\/)/);
      expect(Buffer.byteLength(page.body + stylesheet)).toBeLessThan(30_000); // E15
    },
  );

  it('E09 the error page is honest: status, title, alert, what to do, reference', () => {
    expect(pages.problem.status).toBe(403);
    expect(pages.problem.body).toContain('<title>Error: ');
    expect(pages.problem.body).toContain('role="alert"');
    expect(pages.problem.refreshSeconds).toBeUndefined();
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
    expect(waitingText('jira.rate_limited')).toContain('Jira is not answering');
    expect(waitingText(undefined)).toContain('first time');
  });
});
