import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, waitFor } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import pg from 'pg';
import { Notifications } from './notifications.js';

describe('the listening connection', () => {
  let database: TestDatabase;
  let notifications: Notifications;
  let sender: pg.Client;

  beforeEach(async () => {
    database = await createTestDatabase();
    notifications = new Notifications(database.url);
    sender = new pg.Client({ connectionString: database.url });
    await sender.connect();
  });
  afterEach(async () => {
    await notifications.close();
    await sender.end();
    await database.drop();
  });

  it('delivers to those who asked before and after it was started', async () => {
    const heard: string[] = [];
    await notifications.on('gatehouse_session', (payload) => heard.push(`session ${payload}`));
    await notifications.start();
    await notifications.on('gatehouse_account', (payload) => heard.push(`account ${payload}`));

    await sender.query("select pg_notify('gatehouse_session', 'a'), pg_notify('gatehouse_account', 'b')");

    await waitFor(() => heard.length === 2, { timeoutMs: 2_000, what: 'both notifications' });
    expect(heard.sort()).toEqual(['account b', 'session a']);
  });

  it('stops delivering to whoever left', async () => {
    const heard: string[] = [];
    await notifications.start();
    const leave = await notifications.on('gatehouse_session', () => heard.push('left'));
    await notifications.on('gatehouse_session', () => heard.push('stayed'));
    leave();

    await sender.query("select pg_notify('gatehouse_session', 'a')");

    await waitFor(() => heard.length > 0, { timeoutMs: 2_000, what: 'a notification' });
    expect(heard).toEqual(['stayed']);
  });

  it('comes back after the server ended the connection, and tells everybody that something may have been missed', async () => {
    const heard: string[] = [];
    await notifications.on('gatehouse_session', (payload) => heard.push(payload));
    await notifications.start();

    await sender.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'gatehouse-listen' and datname = current_database()",
    );
    await waitFor(() => heard.includes(''), { timeoutMs: 5_000, what: 'the word that something may have been missed' });
    await sender.query("select pg_notify('gatehouse_session', 'after')");

    await waitFor(() => heard.includes('after'), { timeoutMs: 2_000, what: 'a notification after the reconnect' });
  });
});
