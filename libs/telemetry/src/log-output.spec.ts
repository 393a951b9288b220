import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LogOutput } from './log-output.js';

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

  it('is written before a process ends that nobody asked to', () => {
    const fd = openSync(file, 'w');
    const output = new LogOutput(fd);
    output.write('the last words\n');
    output.writeRest();
    closeSync(fd);
    expect(readFileSync(file, 'utf8')).toBe('the last words\n');
  });

  it('ends when its reader is gone', async () => {
    const output = new LogOutput(await brokenPipe());
    output.write('to nobody\n');
    await output.end();
    output.write('ignored\n');
    output.writeRest();
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
