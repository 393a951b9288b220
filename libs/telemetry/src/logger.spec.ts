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
      },
      'oops',
    );

    expect(lines[0]).not.toMatch(/Bearer abc|a=b|"s"|eyJ/);
  });
});
