import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { continueTrace, createLogger, currentTraceId, inTrace, newTraceId } from './index.js';

function capture() {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  return { logger: createLogger('info', sink), lines };
}

describe('the log', () => {
  it('writes JSON lines that carry the trace they were written under', async () => {
    const { logger, lines } = capture();
    const trace = newTraceId();
    await inTrace(trace, async () => {
      await Promise.resolve();
      logger.info({ job: 'map-claims' }, 'done');
    });
    logger.info('outside');

    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'info', traceId: trace, job: 'map-claims', msg: 'done' });
    expect(JSON.parse(lines[1]!)).not.toHaveProperty('traceId');
  });

  it('lets a request continue the trace of the sign-in it turns out to belong to', () => {
    const signIn = newTraceId();
    inTrace(newTraceId(), () => {
      continueTrace(signIn);
      expect(currentTraceId()).toBe(signIn);
    });
  });

  it('redacts what nobody should have logged, at every usual depth', () => {
    const { logger, lines } = capture();
    logger.info(
      {
        headers: { authorization: 'Bearer abc', cookie: 'a=b' },
        client_secret: 's',
        response: { body: { id_token: 'eyJ' } },
        tried: [{ password: 'first' }],
        err: Object.assign(new Error('refused'), { request: { headers: { cookie: 'c=d' } } }),
        a: { b: { c: { d: { e: { token: 'very deep' } } } } },
        failure: { cause: Object.assign(new Error('inside'), { authorization: 'Basic xyz' }) },
        name: 'kept',
      },
      'oops',
    );
    logger.child({ token: 'of a child' }).info('bound');

    expect(lines[0]).not.toMatch(/Bearer abc|a=b|"s"|eyJ|first|c=d|very deep|Basic xyz/);
    expect(lines[1]).not.toMatch(/of a child/);
    expect(JSON.parse(lines[0]!)).toMatchObject({ name: 'kept', err: { type: 'Error', message: 'refused' } });
  });

  it('I8 says which statement failed, and nothing of whom it was about', () => {
    const { logger, lines } = capture();
    const about = 'load-0001@example.com';
    const driverError = Object.assign(new Error('duplicate key'), { code: '23505', detail: `Key (name)=(${about})` });
    const failed = Object.assign(new Error('failed'), { query: 'insert into t values ($1)', parameters: [about] });
    logger.error({ err: Object.assign(failed, { driverError }), detail: 'what we say ourselves' }, 'failed');
    logger.error({ why: new Error('outer', { cause: failed }) }, 'failed');
    expect(lines.join('')).not.toContain(about);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      detail: 'what we say ourselves',
      err: { query: 'insert into t values ($1)', driverError: { code: '23505' } },
    });
  });

  it('prints what an error is, and takes nothing for one', () => {
    const { logger, lines } = capture();
    logger.error({ err: new TypeError('wrong', { cause: new Error('why') }) }, 'failed');
    logger.error({ err: null, other: undefined }, 'nothing');
    expect(JSON.parse(lines[0]!)).toMatchObject({
      err: { type: 'TypeError', message: expect.stringContaining('wrong') },
    });
    expect(lines[0]).toMatch(/logger\.spec/);
    expect(JSON.parse(lines[1]!)).toMatchObject({ err: null, msg: 'nothing' });
  });

  it('changes nothing of what it was given', () => {
    const { logger } = capture();
    const logged = { headers: { authorization: 'Bearer abc' } };
    logger.info(logged, 'oops');
    expect(logged).toEqual({ headers: { authorization: 'Bearer abc' } });
  });
});
