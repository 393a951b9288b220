import { seededRandom } from '@gatehouse/testing';

/** Decides who is killed when; told on stderr, and repeated with FAULT_SEED. */
export function chooseSeed(what: string): () => number {
  const seed = Number(process.env['FAULT_SEED'] || Math.floor(Math.random() * 1_000_000));
  process.stderr.write(`${what}: FAULT_SEED=${seed}\n`);
  return seededRandom(seed);
}
