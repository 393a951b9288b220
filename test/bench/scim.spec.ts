import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

/** Numbers of statements depend on no machine; times are shown and decide nothing here. */
describe('the benchmarks of SCIM, in small', () => {
  it('L05 a change is one statement', async () => {
    const { code, output } = await bench(['scim', '--smoke']);
    expect({ code, statements: output.match(/^statements, .*/gm) }).toEqual({
      code: 0,
      statements: [
        'statements, create: 1',
        'statements, filter: 1',
        'statements, patch user: 1',
        'statements, add to a small group: 1',
        'statements, add to a large group: 1',
      ],
    });
    expect(output).toMatch(/x the peer's rate/);
  }, 120_000);

  it('a first cycle while people sign in: everybody is in Jira, in exactly the groups that the provider said', async () => {
    const { code, output } = await bench(['cycle', '--smoke']);
    expect([code, output]).toEqual([0, expect.stringMatching(/in Jira other than they should: 0\n/)]);
    expect(output).toMatch(/parked: 0/);
  }, 180_000);
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
