import type { DataSource } from 'typeorm';
import { failureGroupId } from './failure-group.js';
import type { FailureText } from './failure-group.js';
import { normaliseFailure } from './failure-group.js';
import type { ParkedJob } from '../parked-jobs.js';
import { parkedColumns } from '../parked-jobs.js';

/** Equal failures as one line. */
export interface FailureGroup {
  readonly id: string;
  readonly job: string;
  readonly code: string;
  /** What they have in common: no ids, no names. */
  readonly sentence: string;
  readonly count: number;
  /** How many people or things it concerns. */
  readonly keys: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly queues: readonly string[];
  /** The newest. */
  readonly sample: ParkedJob;
}

const groupsMax = 200;
const filledMax = 10_000;

type GroupRow = Omit<FailureGroup, 'sentence' | 'sample'> & { readonly sampleId: string };

/** What is parked, grouped: five thousand equal failures are one line. */
export class FailureGroups {
  constructor(private readonly dataSource: DataSource) {}

  /** The largest first. */
  async list(): Promise<readonly FailureGroup[]> {
    await this.fillMissing();
    return this.withSamples(await this.dataSource.query<GroupRow[]>(groupRows, [null, groupsMax]));
  }

  async find(id: string): Promise<FailureGroup | undefined> {
    await this.fillMissing();
    const [group] = await this.withSamples(await this.dataSource.query<GroupRow[]>(groupRows, [id, 1]));
    return group;
  }

  /** A process of an older version parks without a group, also while a new one is being rolled out. */
  private async fillMissing(): Promise<void> {
    const rows = await this.dataSource.query<(FailureText & { id: string })[]>(
      `select id, job, code, message, detail from messaging.parked_job
       where resolved_at is null and group_id is null limit ${filledMax}`,
    );
    if (rows.length === 0) return;
    await this.dataSource.query(
      `update messaging.parked_job as parked set group_id = named.group_id
       from unnest($1::uuid[], $2::text[]) as named (id, group_id) where parked.id = named.id`,
      [rows.map(({ id }) => id), rows.map(failureGroupId)],
    );
  }

  private async withSamples(rows: readonly GroupRow[]): Promise<readonly FailureGroup[]> {
    const samples = await this.dataSource.query<ParkedJob[]>(
      `select ${parkedColumns} from messaging.parked_job as parked where id = any($1)`,
      [rows.map(({ sampleId }) => sampleId)],
    );
    return rows.flatMap(({ sampleId, ...group }) => {
      const sample = samples.find(({ id }) => id === sampleId);
      return sample ? [{ ...group, sentence: normaliseFailure(sample), sample }] : [];
    });
  }
}

const groupRows = `
select group_id as id, min(job) as job, min(code) as code, count(*)::integer as count, count(distinct key)::integer as keys,
       min(parked_at) as "firstAt", max(parked_at) as "lastAt", array_agg(distinct queue) as queues,
       (array_agg(id order by parked_at desc, id desc))[1] as "sampleId"
from messaging.parked_job
where resolved_at is null and group_id is not null and ($1::text is null or group_id = $1)
group by group_id order by count desc, "lastAt" desc limit $2`;
