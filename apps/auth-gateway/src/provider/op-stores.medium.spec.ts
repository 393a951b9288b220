import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { Encryption, openDatabase } from '@gatehouse/database';
import { createLogger } from '@gatehouse/telemetry';
import { createTestDatabase } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import { ExpiredRowsSweep } from '../expired-rows.sweep.js';
import { OpKeyStore } from './op-keys.store.js';
import { OpModelStore } from './op-model.store.js';

describe('what the OP keeps', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await openDatabase(database.url, 6);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('O75 one set of keys, made by whichever replica is first, sealed, and the same ever after', async () => {
    const encryption = new Encryption(randomBytes(32));
    const replicas = Array.from({ length: 4 }, () => new OpKeyStore(dataSource, encryption));

    const [first, ...others] = await Promise.all(replicas.map((replica) => replica.load()));

    for (const other of others) expect(other).toEqual(first);
    expect(await new OpKeyStore(dataSource, encryption).load()).toEqual(first);
    const rows = await dataSource.query<{ purpose: string; sealed: string }[]>(
      'select * from gateway.op_key order by 2',
    );
    expect(rows.map(({ purpose }) => purpose)).toEqual(['client-secret', 'cookies', 'signing']);
    for (const { sealed } of rows) expect(sealed).toMatch(/^v1\./);
    expect(first!.clientSecret).toMatch(/^[\w-]{43}$/);
  });

  it('O75 a retired key is still accepted while a new one signs', async () => {
    const encryption = new Encryption(randomBytes(32));
    await dataSource.query('delete from gateway.op_key');
    const former = await new OpKeyStore(dataSource, encryption).load();
    await dataSource.query('update gateway.op_key set retired_at = now()');

    const current = await new OpKeyStore(dataSource, encryption).load();

    expect(current.signing).toHaveLength(2);
    expect(current.signing[0]!.kid).not.toBe(former.signing[0]!.kid);
    expect(current.signing[1]).toEqual(former.signing[0]);
    expect(current.cookies[1]).toBe(former.cookies[0]);
    expect(await new OpKeyStore(dataSource, encryption).load()).toEqual(current);
  });

  it('O75 an order is carried out though the key before it cannot be read, but never with a wrong encryption key', async () => {
    const encryption = new Encryption(randomBytes(32));
    await dataSource.query('delete from gateway.op_key');
    const former = await new OpKeyStore(dataSource, encryption).load();
    await dataSource.query(`update gateway.op_key set sealed = sealed || 'AAAA' where purpose = 'signing'`);
    await expect(new OpKeyStore(dataSource, encryption).load()).rejects.toThrow();
    await dataSource.query(
      `insert into console.op_key_rotation (id, actor, reason) values (gen_random_uuid(), 'test', 'test')`,
    );

    const stranger = new Encryption(randomBytes(32));
    await expect(new OpKeyStore(dataSource, stranger).load()).rejects.toThrow('sealed with another key');
    expect(await dataSource.query('select from gateway.op_key')).toHaveLength(3);

    const current = await new OpKeyStore(dataSource, encryption).load();
    expect(current.signing).toHaveLength(1);
    expect(current.signing[0]!.kid).not.toBe(former.signing[0]!.kid);
    expect(current.clientSecret).toBe(former.clientSecret);
    expect(current.cookies[1]).toBe(former.cookies[0]);
    await dataSource.query('delete from console.op_key_rotation');
  });

  it('ids come back although only their hashes are stored, and go with their grant', async () => {
    const models = new OpModelStore(dataSource);
    const codes = models.adapterOf('AuthorizationCode');
    await codes.upsert('the-code', { jti: 'the-code', accountId: 'a', grantId: 'g' }, 60);

    expect(await codes.find('the-code')).toEqual({ jti: 'the-code', accountId: 'a', grantId: 'g' });
    expect(JSON.stringify(await dataSource.query('select * from gateway.op_model'))).not.toContain('the-code');
    await codes.revokeByGrantId('g');
    expect(await codes.find('the-code')).toBeUndefined();
  });

  it('O74 of many who consume a code at once, one succeeds, and the grant is gone', async () => {
    const models = new OpModelStore(dataSource);
    const codes = models.adapterOf('AuthorizationCode');
    await models.adapterOf('Grant').upsert('g2', { accountId: 'a' }, 60);
    await codes.upsert('once', { grantId: 'g2' }, 60);

    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => codes.consume('once')));

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await models.adapterOf('Grant').find('g2')).toBeUndefined();
  });

  it('expired rows are swept, living ones stay', async () => {
    const codes = new OpModelStore(dataSource).adapterOf('AuthorizationCode');
    await codes.upsert('living', {}, 600);
    await codes.upsert('expired', {}, 1);
    await dataSource.query(
      `update gateway.op_model set expires_at = now() - interval '1 hour' where expires_at < now() + interval '2 seconds'`,
    );

    expect(await new ExpiredRowsSweep(createLogger('silent'), dataSource).sweep()).toBe(1);
    expect(await codes.find('expired')).toBeUndefined();
    expect(await codes.find('living')).toBeDefined();
  });

  it('O76 O78 what a test of a provider showed of a person is kept for a day', async () => {
    await dataSource.query(
      `insert into gateway.provider_test_answer (test_id, begun_at)
       values (gen_random_uuid(), now() - interval '25 hours'), (gen_random_uuid(), now() - interval '23 hours')`,
    );
    expect(await new ExpiredRowsSweep(createLogger('silent'), dataSource).sweep()).toBe(1);
  });
});
