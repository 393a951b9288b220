import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, waitFor } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';
import { openDatabase } from './data-source.js';
import { Encryption } from './encryption.js';
import { ConfigVersionRow, SecretRow } from './entities/index.js';
import { LiveConfigReader, secretPlace } from './live-config.js';
import { Notifications } from './notifications.js';

const encryption = new Encryption(Buffer.alloc(32, 3));

describe('the configuration in force', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let notifications: Notifications;
  let reader: LiveConfigReader;

  beforeEach(async () => {
    database = await createTestDatabase();
    dataSource = await openDatabase(database.url, 3);
    notifications = new Notifications(database.url);
    await notifications.start();
    reader = new LiveConfigReader(dataSource, encryption);
    await reader.follow(notifications);
  });
  afterEach(async () => {
    await notifications.close();
    await dataSource.destroy();
    await database.drop();
  });

  async function apply(idleMinutes: number): Promise<void> {
    const document = { version: 1, settings: { session: { idleMinutes } } };
    await dataSource.getRepository(ConfigVersionRow).insert({ document, actor: 'test' });
    await dataSource.query("select pg_notify('gatehouse_config', '')");
  }

  it('is the empty document of version 0 before anything was applied', async () => {
    expect(await reader.current()).toMatchObject({ version: 0, document: { providers: {} } });
  });

  it('follows a new version by notification, well before its hard age', async () => {
    await apply(10);
    await waitFor(async () => (await reader.current()).version === 1, { timeoutMs: 1_000, what: 'version 1' });
    const held = await reader.current();
    await apply(20);

    await waitFor(async () => (await reader.current()).version === 2, { timeoutMs: 1_000, what: 'version 2' });
    expect(held.document.settings.session.idleMinutes).toBe(10);
    expect((await reader.current()).document.settings.session.idleMinutes).toBe(20);
  });

  it('F27 is not held by a read that began before a new version and ended after it', async () => {
    await apply(10);
    await waitFor(async () => (await reader.current()).version === 1, { timeoutMs: 1_000, what: 'version 1' });
    let goOn: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (goOn = resolve));
    const readOld = dataSource.getRepository.bind(dataSource);
    const listening = new LiveConfigReader(
      Object.assign(Object.create(dataSource) as DataSource, {
        getRepository: (entity: typeof ConfigVersionRow) => {
          const repository = readOld(entity);
          return Object.assign(Object.create(repository) as typeof repository, {
            findOne: async (options: Parameters<typeof repository.findOne>[0]) => {
              const row = await repository.findOne(options);
              if (row?.version === 1) await slow;
              return row;
            },
          });
        },
      }),
      encryption,
    );
    await listening.follow(notifications);
    const begunBefore = listening.current();
    await apply(20);
    await waitFor(async () => (await reader.current()).version === 2, { timeoutMs: 2_000, what: 'the notification' });
    expect((await listening.current()).version).toBe(2);
    goOn();

    expect((await begunBefore).version).toBe(1);
    expect((await listening.current()).version).toBe(2);
  });

  it('opens secrets under the path of the document', async () => {
    const name = 'providers.company.clientSecret';
    await dataSource
      .getRepository(SecretRow)
      .insert({ name, sealed: encryption.seal('s3cret', secretPlace(name)), fingerprint: 'x' });
    await apply(10);

    await waitFor(async () => (await reader.current()).version === 1, { timeoutMs: 1_000, what: 'version 1' });
    expect((await reader.current()).secrets.get(name)).toBe('s3cret');
  });
});
