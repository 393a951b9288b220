import type { CleanupCounts, CleanupState } from '@gatehouse/contracts';
import { overBrake } from '@gatehouse/mapping';
import type { BrakeThresholds } from '@gatehouse/mapping';

/**
 * Whether so many people may be taken away at once (X51, X52). Missing is not empty: a list that names nobody of the
 * directory is one of somebody else, or was cut before its first page, and nobody's approval makes it another.
 */
export function judgeCleanup(
  { listed, compared, known, people }: Pick<CleanupCounts, 'listed' | 'compared' | 'known' | 'people'>,
  { perRunMax, percentMax }: Pick<BrakeThresholds, 'perRunMax' | 'percentMax'>,
): CleanupState['held'] {
  if (people === 0) return null;
  if (listed === 0 || known === 0) return 'unusable';
  return overBrake({ people, of: compared }, perRunMax, percentMax) ?? null;
}
