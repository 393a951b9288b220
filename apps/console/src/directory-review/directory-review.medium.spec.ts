import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ConfigApplied,
  ConfigExport,
  DirectoryLinkPage,
  DirectoryReview,
  PlanSummary,
  Problem,
  ReviewedGroup,
  ReviewedGroupPage,
  ReviewedPersonPage,
} from '@gatehouse/contracts';
import type { ConfigDocument, ConfigDocumentInput } from '@gatehouse/contracts';
import { emptyTables } from '@gatehouse/testing';
import { JiraOfPeople } from '../../test/jira-of-people.js';
import { KnownPeople, providers } from '../../test/known-people.js';
import { Surroundings } from '../../test/running-console.js';
import type { RunningConsole } from '../../test/running-console.js';

type Mapping = NonNullable<ConfigDocumentInput['mappings']>[string];

describe('a directory before anything of it reaches Jira', () => {
  const jira = new JiraOfPeople();
  let surroundings: Surroundings;
  let running: RunningConsole;
  let people: KnownPeople;
  let config: ConfigDocument;

  beforeAll(async () => {
    surroundings = await Surroundings.open();
    running = await surroundings.start({ variables: { JIRA_URL: await jira.listen() } });
    people = new KnownPeople(surroundings);
  });
  afterAll(async () => {
    await surroundings.close();
    await jira.close();
  });
  beforeEach(async () => {
    await people.forget();
    await emptyTables(
      people,
      ...['console.link_decision', 'console.group_decision', 'console.audit'],
      ...['mapping.directory_meeting', 'sync.adoption_question'],
    );
    Object.assign(jira, { away: false, people: [], groups: {} });
    config = await configure({ directory: { provisioning: 'review' } });
  });

  const rules = [{ from: 'dev', to: 'jira-dev' }];
  async function configure(mapping: Mapping, provider: object = {}): Promise<ConfigDocument> {
    const company = { ...providers.company, ...provider, clientSecret: 'a-secret' };
    const document = { version: 1, providers: { company }, mappings: { company: { groups: { rules }, ...mapping } } };
    await send('PUT', 'config', document, '*');
    return (await (await running.request('config')).json()) as ConfigDocument;
  }
  const send = (method: string, path: string, body: object, ifMatch?: string) =>
    running.request(path, {
      method,
      headers: { 'content-type': 'application/json', ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }) },
      body: JSON.stringify(body),
    });
  const read = async (path: string) => (await running.request(path)).json();
  const refusal = async (answer: Response) => [answer.status, Problem.parse(await answer.json()).code];
  const audited = async () =>
    (await people.query(`select action, object from console.audit where action <> 'config.applied' order by id`)).map(
      ({ action, object }) => `${String(action)} ${String(object)}`,
    );

  async function person(userName: string, email = `${userName}@example.com`): Promise<string> {
    const id = randomUUID();
    await people.query(
      `insert into directory.directory_user (id, provider, user_name, user_name_folded, resource)
       values ($1, 'company', $2, $2, $3)`,
      [id, userName, JSON.stringify({ emails: [{ value: email }] })],
    );
    return id;
  }
  async function group(name: string, ...members: readonly string[]): Promise<string> {
    const id = randomUUID();
    await people.query(
      `insert into directory.directory_group (id, provider, display_name, display_name_folded) values ($1, 'company', $2, lower($2))`,
      [id, name],
    );
    for (const member of members)
      await people.query(
        `insert into directory.directory_member (group_id, member_id, member_kind) values ($1, $2, 'user')`,
        [id, member],
      );
    return id;
  }
  async function inJira(username: string): Promise<string> {
    const { accountId } = await people.signedIn(username, [], config);
    await people.query(
      `insert into sync.jira_account (account_id, jira_key, username, active, state) values ($1, $2, $3, true, 'ready')`,
      [accountId, `KEY-${username}`, username],
    );
    return accountId;
  }

  const grant = (accountId: string, name: string) =>
    people.query(
      `insert into sync.granted_membership
         (account_id, group_folded, provider, reason, group_name, how, config_version, version, run_id)
       values ($1, lower($2), 'company', 'rule dev', $2, 'added', 1, 1, 1)`,
      [accountId, name],
    );

  it('P28 lists its groups with what they would meet in Jira, and keeps what is decided', async () => {
    await inJira('ada');
    const [ada, grace] = [await person('ada'), await person('grace')];
    const [dev, ops] = [await group('dev', ada, grace), await group('ops', grace)];
    jira.groups = { 'jira-dev': 7 };

    const listed = ReviewedGroupPage.parse(await read('providers/company/review/groups'));
    const byName = new Map(listed.items.map((item) => [item.name, item]));
    expect(byName.get('dev')).toEqual({
      ...{ group: dev, name: 'dev', members: 2, matched: 1, conflict: true, decision: null },
      leadsTo: [{ group: 'jira-dev', exists: true, members: 7, ours: 0, administrators: false }],
    });
    expect(byName.get('ops')).toMatchObject({ members: 1, matched: 0, leadsTo: [], conflict: false });

    const decide = (id: string, body: object) => send('PUT', `providers/company/review/groups/${id}`, body);
    const made = await decide(ops, { verdict: 'rename', to: 'operators', reason: 'a new one' });
    expect(ReviewedGroup.parse(await made.json())).toMatchObject({
      ...{ leadsTo: [{ group: 'operators', exists: false, members: null }], conflict: false },
      decision: { verdict: 'rename', to: 'operators', reason: 'a new one' },
    });
    await decide(ops, { verdict: 'rename', to: 'operators', reason: 'again' });
    expect(await audited()).toEqual([`review.decide-group scim-group/${ops}`]);
    const counted = DirectoryReview.parse(await read('providers/company/review'));
    expect(counted).toMatchObject({
      ...{ provider: 'company', provisioning: 'review' },
      ...{ groups: { total: 2, decided: 1 }, people: { total: 2, decided: 0 } },
    });
  });

  it.each([
    ['nobody, and nobody came through Gatehouse', { members: 0, ours: 0 }, true],
    ['only people who came through Gatehouse', { members: 2, ours: 2 }, false],
    ['some who came through Gatehouse and are no longer there', { members: 1, ours: 2 }, false],
    ['one who came through Gatehouse among many', { members: 400, ours: 1 }, true],
  ])('P28 calls it a conflict or none where in the Jira group is %s', async (_what, { members, ours }, conflict) => {
    for (let n = 0; n < ours; n += 1) await grant(await inJira(`came-${n}`), 'jira-dev');
    await group('dev');
    jira.groups = { 'jira-dev': members };
    const [item] = ReviewedGroupPage.parse(await read('providers/company/review/groups')).items;
    expect(item).toMatchObject({ leadsTo: [{ group: 'jira-dev', members, ours }], conflict });
  });

  it.each([
    [{ verdict: 'link', to: 'nowhere' }, [409, 'review.group_missing']],
    [{ verdict: 'rename', to: 'jira-dev' }, [409, 'review.group_exists']],
    [{ verdict: 'link', to: 'Jira-Administrators' }, [403, 'review.administrators']],
    [{ verdict: 'link' }, [400, 'api.request_invalid']],
    [{ verdict: 'skip', to: 'jira-dev' }, [400, 'api.request_invalid']],
  ])('P28 refuses the decision %j', async (decision, expected) => {
    jira.groups = { 'jira-dev': 1, 'Jira-Administrators': 1 };
    const id = await group('dev');
    expect(
      await refusal(await send('PUT', `providers/company/review/groups/${id}`, { ...decision, reason: 'looked at' })),
    ).toEqual(expected);
    expect(await people.query('select 1 from console.group_decision')).toEqual([]);
  });

  it('P28 is read while Jira is away, and says what it does not know', async () => {
    await group('dev');
    await person('ada');
    jira.away = true;
    const [item] = ReviewedGroupPage.parse(await read('providers/company/review/groups')).items;
    expect(item).toMatchObject({ leadsTo: [{ exists: null, members: null }], conflict: null });
    const [who] = ReviewedPersonPage.parse(await read('providers/company/review/people')).items;
    expect(who).toMatchObject({ userName: 'ada', outcome: 'unknown' });
  });

  it('S24 an account that everybody has left makes no address ambiguous', async () => {
    const linking = { by: ['email' as const], onMatch: 'ask' as const };
    config = await configure(
      { directory: { provisioning: 'review', linking } },
      { allowedEmailDomains: ['example.com'] },
    );
    const account = await inJira('ada');
    await people.query(
      `with forsaken as (insert into mapping.account (name_folded) values ('ada.before') returning id)
       insert into mapping.desired_access (account_id, version, content, config_version)
       select forsaken.id, 1, content, 1 from forsaken, mapping.desired_access where account_id = $1`,
      [account],
    );
    await person('lovelace', 'ada@example.com');
    const { items } = ReviewedPersonPage.parse(await read('providers/company/review/people'));
    expect(items).toMatchObject([{ userName: 'lovelace', outcome: 'asked', by: 'email', account }]);
  });

  it('P28 tells of each person what would become of them, page by page', async () => {
    const linking: NonNullable<NonNullable<Mapping['directory']>['linking']> = {
      by: ['externalId', 'userName', 'email'],
      onMatch: 'ask',
    };
    config = await configure(
      { directory: { provisioning: 'review', linking } },
      { allowedEmailDomains: ['example.com'] },
    );
    const account = await inJira('ada');
    jira.people = [{ key: 'K-GRACE', name: 'Grace', emailAddress: 'grace@example.com' }];
    for (const name of ['ada', 'grace', 'linus']) await person(name);
    const eve = await person('eve', 'eve@elsewhere.test');
    const listed = [];
    for (let after = '', more = true; more;) {
      const page = ReviewedPersonPage.parse(await read(`providers/company/review/people?limit=3${after}`));
      listed.push(...page.items);
      more = page.next !== null;
      after = `&after=${page.next ?? ''}`;
    }
    const byName = Object.fromEntries(listed.map((item) => [item.userName, item]));
    expect(byName).toMatchObject({
      ada: { outcome: 'asked', by: 'userName', account, code: 'match.link_undecided' },
      grace: { outcome: 'asked', account: null, jiraKey: 'K-GRACE', username: 'Grace' },
      linus: { outcome: 'created', code: null },
      eve: { outcome: 'refused', code: 'entry.domain_not_allowed' },
    });

    const decide = (id: string, body: object) =>
      send('POST', `directory-links/${id}/decide`, { reason: 'looked at', ...body });
    expect((await decide(byName['ada']!.person, { verdict: 'link', account })).status).toBe(200);
    expect((await decide(byName['grace']!.person, { verdict: 'refuse', jiraKey: 'K-GRACE' })).status).toBe(200);
    expect(await refusal(await decide(byName['ada']!.person, { verdict: 'separate', account }))).toEqual([
      ...[409, 'link.name_taken'],
    ]);
    expect(await refusal(await decide(eve, { verdict: 'link', account: randomUUID() }))).toEqual([
      404,
      'api.not_found',
    ]);
    const after = ReviewedPersonPage.parse(await read('providers/company/review/people')).items;
    expect(Object.fromEntries(after.map((item) => [item.userName, item]))).toMatchObject({
      ada: { outcome: 'linked', account, jiraKey: 'KEY-ada', verdicts: ['link'] },
      grace: { outcome: 'refused', code: 'match.link_refused', verdicts: ['refuse'] },
    });
    // What the review shows can be decided anew; nobody was asked about anything else.
    expect((await decide(byName['grace']!.person, { verdict: 'link', jiraKey: 'K-GRACE' })).status).toBe(200);
    for (const other of [{ jiraKey: 'K-ROOT' }, { account: await inJira('root') }]) {
      const refused = await decide(byName['linus']!.person, { verdict: 'link', ...other });
      expect([refused.status, Problem.parse(await refused.json()).detail]).toEqual([
        404,
        expect.stringContaining('is not among the questions; GET /directory-links'),
      ]);
    }
    const sent = await people.query('select event, key from messaging.outbox order by id');
    expect(sent).toEqual(expect.arrayContaining([{ event: 'directory.link-decided', key: byName['ada']!.person }]));
    expect((await audited())[0]).toBe(`directory-link.decide scim-user/${byName['ada']!.person}`);
  });

  it('P17 X29 lists who waits for a decision, an account or a Jira user, and nobody who was decided about', async () => {
    const account = await inJira('ada');
    const [ada, grace] = [await person('ada'), await person('grace')];
    const { accountId: own } = await people.signedIn('grace', [], config);
    await people.query(
      `insert into mapping.account_directory_user (directory_user_id, account_id, refused_code)
       values ($1, null, 'match.link_undecided'), ($2, $3, null)`,
      [ada, grace, own],
    );
    await people.query(
      `insert into mapping.directory_meeting (directory_user_id, account_id, met_by, outcome, code, at)
       values ($1, $2, 'email', 'asked', null, now() - interval '1 minute')`,
      [ada, account],
    );
    await people.query(
      `insert into sync.jira_account (account_id, state, code) values ($1, 'refused', 'match.administrator')`,
      [own],
    );
    await people.query(
      `insert into sync.adoption_question (account_id, jira_key, username, code) values ($1, 'K9', 'Grace', 'match.administrator')`,
      [own],
    );
    const list = async () => DirectoryLinkPage.parse(await read('directory-links?provider=company')).items;
    const [outcome, caution] = ['waiting', 'match.administrator'];
    expect(await list()).toMatchObject([
      { person: grace, outcome, account: null, jiraKey: 'K9', username: 'Grace', by: null, caution },
      { person: ada, outcome, account, jiraKey: null, username: 'ada', by: 'email', caution: null },
    ]);
    expect(
      (await send('POST', `directory-links/${grace}/decide`, { verdict: 'link', jiraKey: 'K9', reason: 'it is hers' }))
        .status,
    ).toBe(200);
    expect((await list()).map((item) => item.person)).toEqual([ada]);
    expect(DirectoryLinkPage.parse(await read('directory-links?provider=other')).items).toEqual([]);
  });

  it('P17 X29 shows whom a directory was linked with and who was refused, also those it has removed since', async () => {
    const account = await inJira('ada');
    const [ada, eve, gone] = [await person('ada'), await person('eve'), await person('gone')];
    await people.query(
      `insert into mapping.directory_meeting (directory_user_id, account_id, met_by, outcome, code, at)
       select person, $4::uuid, met_by, outcome, code, now() - make_interval(mins => minutes)
       from (values ($1::uuid, 'userName', 'asked', null, 4), ($1::uuid, 'userName', 'linked', null, 3),
         ($2::uuid, 'email', 'refused', 'match.link_refused', 2), ($3::uuid, 'externalId', 'linked', null, 1)
       ) as met (person, met_by, outcome, code, minutes)`,
      [ada, eve, gone, account],
    );
    await people.query('update directory.directory_user set deleted_at = now() where id = $1', [gone]);
    const list = async (query: string) => DirectoryLinkPage.parse(await read(`directory-links?${query}`));
    const met = { account, jiraKey: null, username: 'ada', provider: 'company' };

    const refused = await list('provider=company&outcome=refused');
    expect(refused.items).toMatchObject([
      { ...met, person: eve, userName: 'eve', outcome: 'refused', by: 'email', caution: 'match.link_refused' },
    ]);
    expect(refused.items[0]!.reason).toContain('refuses to link them');
    const first = await list('outcome=linked&limit=1');
    const second = await list(`outcome=linked&limit=1&after=${first.next}`);
    expect([...first.items, ...second.items]).toMatchObject([
      { ...met, person: gone, userName: 'gone', outcome: 'linked', by: 'externalId', caution: null, reason: null },
      { ...met, person: ada, userName: 'ada', outcome: 'linked', by: 'userName', caution: null, reason: null },
    ]);
    expect(Date.parse(first.items[0]!.askedAt)).toBeGreaterThan(Date.parse(second.items[0]!.askedAt));
    expect(second.next).toBeNull();
    for (const query of ['provider=other&outcome=linked', 'outcome=waiting', 'provider=company'])
      expect([query, (await list(query)).items]).toEqual([query, []]);
    expect(await refusal(await running.request('directory-links?outcome=asked'))).toEqual([400, 'api.request_invalid']);
  });

  it('X44 the dry run tells what Jira would get, by the plan, and writes nothing', async () => {
    config = await configure({ directory: { provisioning: 'dryRun' } });
    const ada = await person('ada');
    await group('dev', ada);
    const versions = await people.query('select 1 from console.config_version');
    const answer = await running.request('providers/company/dry-run', {
      method: 'POST',
      headers: { accept: 'application/json' },
    });
    const summary = PlanSummary.parse(await answer.json());
    expect(summary.affected).toMatchObject([
      {
        identity: ada,
        username: 'ada',
        gains: [{ group: 'jira-dev' }],
        refusal: { from: 'directory.on_trial', to: null },
      },
    ]);
    expect(summary.totals).toMatchObject({ complete: true, affected: 1, gained: 1 });
    expect(await people.query('select 1 from console.config_version')).toHaveLength(versions.length);
    expect(await people.query('select 1 from messaging.outbox where job = $1', ['map-directory-user'])).toEqual([]);
    expect(jira.writes).toEqual([]);
  });

  it('P28 is applied as one version: decisions, what is left out, and the directory on; once', async () => {
    jira.groups = { 'jira-dev': 3 };
    const [dev, , team] = [await group('dev'), await group('ops'), await group('Team: A')];
    await send('PUT', `providers/company/review/groups/${dev}`, {
      verdict: 'link',
      to: 'jira-dev',
      reason: 'looked at',
    });
    const apply = (ifMatch?: string) =>
      send('POST', 'providers/company/review/apply', { remaining: 'skip', note: 'looked at' }, ifMatch);
    expect(await refusal(await apply())).toEqual([428, 'config.if_match_missing']);
    expect(await refusal(await apply('"9999999"'))).toEqual([412, 'config.stale']);
    const tag = async () => (await running.request('providers/company/review')).headers.get('etag')!;
    const before = await tag();
    const decision = { verdict: 'link', to: 'jira-dev', reason: 'by somebody else' };
    await send('PUT', `providers/company/review/groups/${team}`, decision);
    expect(await refusal(await apply(before))).toEqual([412, 'config.stale']);
    await send('PUT', `providers/company/review/groups/${team}`, { verdict: 'skip', reason: 'by nobody' });
    const applied = await apply(await tag());
    expect(ConfigApplied.parse(await applied.json())).toMatchObject({ changed: true });
    const { mappings } = ConfigExport.parse(await read('config'));
    expect(mappings['company']).toMatchObject({
      directory: { provisioning: 'on' },
      groups: {
        rules,
        decided: [
          { group: 'Team: A', to: null, create: false },
          { group: 'dev', to: 'jira-dev', create: false },
          { group: 'ops', to: null, create: false },
        ],
      },
    });
    const [told] = await people.query(
      `select actor, details ->> 'note' as note from console.audit where action = 'config.applied' order by id desc limit 1`,
    );
    expect(told).toMatchObject({ note: 'looked at', actor: expect.stringMatching(/^token:/) });
    expect(await people.query(`select 1 from messaging.outbox where event = 'mapping.changed'`)).not.toEqual([]);
    expect(await refusal(await apply('*'))).toEqual([409, 'review.not_open']);
    expect(await refusal(await running.request('providers/nobody/review'))).toEqual([404, 'api.not_found']);
  });

  it('P28 leads nobody into a group that has become one of administrators since it was decided', async () => {
    jira.groups = { 'jira-dev': 3 };
    const dev = await group('dev');
    const decision = { verdict: 'link', to: 'jira-dev', reason: 'looked at' };
    await send('PUT', `providers/company/review/groups/${dev}`, decision);
    const document = ConfigExport.parse(await read('config'));
    document.settings.administratorGroups = ['JIRA-DEV'];
    expect((await send('PUT', 'config', document, '*')).status).toBe(200);
    const answer = await send('POST', 'providers/company/review/apply', { remaining: 'skip', note: 'all' }, '*');
    expect([answer.status, Problem.parse(await answer.json())]).toMatchObject([
      403,
      { code: 'review.administrators', detail: expect.stringContaining('"jira-dev"') },
    ]);
  });
});
