import { Injectable } from '@nestjs/common';
import { JiraClient } from '@gatehouse/jira-client';
import { Breakers } from '@gatehouse/messaging';
import type { JobContext, Lease } from '@gatehouse/messaging';
import { BulkPlaces } from './bulk-places.js';
import { GuardedJira } from './guarded.jira-client.js';

/** Jira as each run of this process has it. */
@Injectable()
export class JiraForRuns {
  private readonly places = new BulkPlaces();

  constructor(
    private readonly jira: JiraClient,
    private readonly breakers: Breakers,
  ) {}

  /** Counts the calls of this run alone. */
  of(lease: Lease, context: Pick<JobContext, 'lane' | 'giveWay'>): GuardedJira {
    const { places } = this;
    return new GuardedJira(this.jira, { lease, breaker: this.breakers.of('jira'), context, places });
  }
}
