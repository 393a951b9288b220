import { Injectable } from '@nestjs/common';
import type { Lane } from '@gatehouse/contracts';
import { JiraClient } from '@gatehouse/jira-client';
import { Breakers } from '@gatehouse/messaging';
import type { Lease } from '@gatehouse/messaging';
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
  of(lease: Lease, lane: Lane): GuardedJira {
    const { places } = this;
    return new GuardedJira(this.jira, { lease, breaker: this.breakers.of('jira'), lane, places });
  }
}
