import { seededRandom } from '@gatehouse/testing';

/** Decides who is killed when; told on stderr, and repeated with FAULT_SEED. */
export function chooseSeed(what: string): () => number {
  return seededRandom(chosenSeed(what));
}

export function chosenSeed(what: string): number {
  const seed = Number(process.env['FAULT_SEED'] || Math.floor(Math.random() * 1_000_000));
  process.stderr.write(`${what}: FAULT_SEED=${seed}\n`);
  return seed;
}

/** How many schedules FAULT_COUNT asks for, from FAULT_SEED on: so ten thousand can be played in parts. */
export function chosenCount(): number | undefined {
  const count = Number(process.env['FAULT_COUNT'] || 0);
  return count > 0 ? count : undefined;
}
