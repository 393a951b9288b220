import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Notifications, openDatabase } from '@gatehouse/database';
import { createTestDatabase, waitFor } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';
import { Commits } from './commits.js';
import { SignInWatch } from './sign-in-watch.js';
import { Turns } from './turns.js';

describe('a worker that hears of a sign-in', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let notifications: Notifications;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await openDatabase(database.url, 1, 1);
    notifications = new Notifications(database.url);
    await notifications.start();
  });
  afterAll(async () => {
    await notifications.close();
    await dataSource.destroy();
    await database.drop();
  });

  it('does what nobody waits for one by one, before any job of that person has come', async () => {
    const turns = new Turns();
    const watch = new SignInWatch(notifications, turns);
    await watch.start();
    expect(await atOnce(turns)).toBe(5);

    await waitFor(
      async () => {
        new Commits(dataSource).tell([''], 'gatehouse_sign_in');
        await delay(50);
        return (await atOnce(turns)) === 1;
      },
      { timeoutMs: 5_000, what: 'the notice to be heard' },
    );
    await watch.stop();
  });

  async function atOnce(turns: Turns): Promise<number> {
    let [running, most] = [0, 0];
    const job = async () => {
      running += 1;
      most = Math.max(most, running);
      await delay(5);
      running -= 1;
    };
    await Promise.all(Array.from({ length: 5 }, () => turns.run('bulk', job)));
    return most;
  }
});
