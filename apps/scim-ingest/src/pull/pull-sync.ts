import type { PullSync } from '@gatehouse/contracts';

/** One listing of a provider's directory, as far as it has come. */
export interface Sync {
  readonly id: string;
  readonly provider: string;
  readonly traceId: string;
  readonly phase: 'people' | 'groups' | 'members' | 'absences';
  readonly pass: number;
  /** Of this pass. */
  readonly pages: number;
  readonly pageToken: string | undefined;
  /** Of `members`: whose are read; undefined: those of the next one. */
  readonly groupId: string | undefined;
  /** An administrator has let the missing people go, however many. */
  readonly released: boolean;
}

/** What one step adds. */
export interface Tally {
  readonly requests: number;
  readonly peopleSeen?: number;
  readonly peopleCreated?: number;
  readonly peopleChanged?: number;
  readonly peopleSkipped?: number;
  /** Or deactivated, as `cleanup.missing` has it. */
  readonly peopleRemoved?: number;
  readonly groupsSeen?: number;
  readonly groupsSkipped?: number;
  readonly groupsRemoved?: number;
  readonly membersChanged?: number;
}

/** Where the next step begins. */
export type Position = Pick<Sync, 'phase' | 'pageToken' | 'groupId'>;

/** Marks and page tokens mean nothing in another pool. */
export function sourceOf({ region, userPoolId }: Pick<PullSync, 'region' | 'userPoolId'>): string {
  return `${region}/${userPoolId}`;
}
