import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { canStartRedis } from '@gatehouse/testing';

const what = 'The benchmark of reconciliation, in small,';

/** Numbers of calls depend on no machine; times are shown and decide nothing here. */
(canStartRedis(what) ? describe : describe.skip)(what, () => {
  it('L08 L10 reads each person once, writes each difference once, and goes on after a kill', async () => {
    const small = ['--smoke', '--people', '60', '--groups', '400', '--only', 'person,directory'];
    const { code, output } = await bench(['reconcile', ...small]);
    expect(output.match(/MISSED {2}calls.*/g) ?? []).toEqual([]);
    expect(output).toContain('calls were made twice');
    expect(code).toBe(0);
  }, 120_000);
});

function bench(parameters: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(process.execPath, [join(process.cwd(), 'scripts/bench.mjs'), ...parameters], {
      env: { PATH, HOME },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('exit', (code) => resolve({ code, output }));
  });
}
