import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CognitoStandIn, scaled, waitFor } from '@gatehouse/testing';
import { flawless, judge } from './checks/everything.js';
import { ConsoleApi } from './support/console-api.js';
import { Crowd } from './support/crowd.js';
import { FaultInstallation } from './support/installation.js';
import { killWhile } from './support/kill-loop.js';
import type { JiraState } from './support/sandbox.js';
import { chooseSeed } from './support/seed.js';
import { topologies } from './support/topology.js';

const people = scaled(600, 60);
const kills = scaled(10, 1);
/** A killed worker's job is found again within a minute. */
const withinMs = 90_000 + kills * 60_000 + people * 100;

describe('the directory of a provider is read while the reader is killed', () => {
  let installation: FaultInstallation;
  let cognito: CognitoStandIn;
  let crowd: Crowd;
  let before: JiraState;
  let api: ConsoleApi;
  const random = chooseSeed('a directory is read');

  beforeAll(async () => {
    cognito = await CognitoStandIn.start();
    const { userPoolId, region, address: endpoint } = cognito;
    const pullSync = { userPoolId, region, endpoint, requestsPerSecond: 25, everyMinutes: 10_080 };
    installation = await FaultInstallation.start({
      topology: topologies.suite,
      providers: ['cognito'],
      ofEachProvider: { pullSync: { ...pullSync, ...CognitoStandIn.credentials } },
    });
    crowd = new Crowd(installation);
    before = await installation.sandbox.jira();
    api = new ConsoleApi(installation.origin);
    crowd.ledger.noteSecret(CognitoStandIn.credentials.secretAccessKey);
  }, 120_000);
  afterAll(async () => {
    await installation.discard();
    await cognito.close();
  });

  const living = () => installation.database.count('select 1 from directory.directory_user where deleted_at is null');
  const removed = () =>
    installation.database.count('select 1 from directory.directory_user where deleted_at is not null');

  async function sync(): Promise<string> {
    const isQuiet = async () =>
      (await installation.database.count(`select 1 from directory.pull_sync where state = 'running'`)) === 0;
    await waitFor(isQuiet, { timeoutMs: withinMs, what: 'the end of the one that the schedule began' });
    const id = await api.startSync('cognito');
    const isOver = async () =>
      (await installation.database.count(`select 1 from directory.pull_sync where id = $1 and state <> 'running'`, [
        id,
      ])) === 1;
    await waitFor(isOver, { timeoutMs: withinMs, what: 'the sync' });
    return id;
  }

  it(
    `F03 P31 kill -9 in the middle of a listing of ${people} people: it goes on, nobody is lost, twice or removed`,
    async () => {
      const names = Array.from({ length: people }, (_, index) => `load-${String(index + 1).padStart(4, '0')}`);
      const subs = names.map((name) => cognito.add(name).sub);
      for (const name of names) crowd.claimed.set(name, ['dev']);
      cognito.groups.set('dev', new Set(subs));
      cognito.pageSize = 10;
      cognito.delayMs = 150;
      const done = sync();
      const killed = await killWhile(done, [installation.process('suite')], {
        ...{ random, pauseMs: { min: 100, max: 400 }, killsMin: 1, killsMax: kills },
        progress: () => cognito.answered.length,
      });
      const id = await done;
      expect(killed).toBeGreaterThan(0);
      expect(await living()).toBe(people);
      expect(await removed()).toBe(0);
      const [row] = await installation.database.rows<{ state: string; created: number }>(
        'select state, people_created as created from directory.pull_sync where id = $1',
        [id],
      );
      expect(row).toEqual({ state: 'done', created: people });
      expect(await judge(installation, crowd, before, 0, withinMs)).toEqual(flawless);
    },
    2 * withinMs,
  );
});
