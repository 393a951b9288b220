import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LogOutput } from './log.output.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-log-'));
  file = join(folder, 'log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the log', () => {
  it('is whole and in order when it has ended', async () => {
    const fd = openSync(file, 'w');
    const output = new LogOutput(fd);
    const lines = Array.from({ length: 5_000 }, (_, index) => `line ${index}\n`);
    for (const line of lines) output.write(line);
    await output.end();
    closeSync(fd);
    expect(readFileSync(file, 'utf8')).toBe(lines.join(''));
  });

  it('holds the last words of a process that fails in the middle of a burst', async () => {
    const script = `
      import { createLogger } from '${pathToFileURL(join(process.cwd(), 'dist/libs/telemetry/src/index.js')).href}';
      const logger = createLogger('info');
      for (let line = 0; line < 2_000; line += 1) logger.info({ line }, 'a line of a burst that fills more than one pipe');
      logger.fatal('the reason');
      throw new Error('failed');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    await once(child, 'close');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string; line?: number });
    expect(lines.filter(({ msg }) => msg === 'the reason')).toHaveLength(1);
    expect(new Set(lines.map(({ line }) => line)).size).toBe(2_001);
  });

  it('ends when its reader is gone', async () => {
    const output = new LogOutput(await brokenPipe());
    output.write('to nobody\n');
    await output.end();
    output.write('ignored\n');
    output.flushSync();
  });

  it('ends a second later when its reader stands still, and takes no more than its share of memory', async () => {
    const reader = spawn('sleep', ['60'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const output = new LogOutput((reader.stdin as unknown as { _handle: { fd: number } })._handle.fd);
    const line = `${'x'.repeat(65_535)}\n`;
    for (let index = 0; index < 300; index += 1) output.write(line);
    expect(Reflect.get(output, 'length')).toBeLessThanOrEqual(16_777_216);
    const startedAt = Date.now();
    await output.end();
    expect(Date.now() - startedAt).toBeGreaterThan(500);
    reader.kill('SIGKILL');
    await once(reader, 'exit');
  });
});

async function brokenPipe(): Promise<number> {
  const reader = spawn('true', [], { stdio: ['pipe', 'ignore', 'ignore'] });
  const { fd } = (reader.stdin as unknown as { _handle: { fd: number } })._handle;
  await once(reader, 'exit');
  return fd;
}
