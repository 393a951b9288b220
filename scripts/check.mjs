import { npm } from './npm.mjs';
import { prepare } from './prepare.mjs';
import { fail } from './project.mjs';

const checks = ['format:check', 'lint', 'typecheck', 'boundaries', 'deadcode', 'compose:check', 'docs:check'];
const atATime = 2;

await prepare().catch(fail);
const results = await runAll();
const failed = results.filter(({ code }) => code !== 0);
for (const { name, output } of failed) console.log(`\n===== npm run ${name} =====\n\n${output.trim()}`);
console.log('');
for (const { name, code, seconds } of results)
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'}  ${name} (${seconds} s)`);
process.exit(failed.length === 0 ? 0 : 1);

/** All of them, whatever fails: a person wants the whole list at once. */
async function runAll() {
  const waiting = [...checks];
  const results = [];
  const worker = async () => {
    for (let name = waiting.shift(); name; name = waiting.shift()) results.push(await run(name));
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return results.sort((a, b) => checks.indexOf(a.name) - checks.indexOf(b.name));
}

async function run(name) {
  const started = Date.now();
  const { code, output } = await npm(['run', '--silent', name]);
  return { name, code, output, seconds: Math.round((Date.now() - started) / 1000) };
}
