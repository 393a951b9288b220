import { Injectable } from '@nestjs/common';
import { GatehouseError } from '@gatehouse/errors';
import { JiraReader } from '@gatehouse/jira-client';
import type { JiraApplication } from '@gatehouse/jira-client';
import { JiraMemberships } from '../explain/jira-membership.reader.js';

const withinMs = 3_000;

/** The licences, one question for a whole plan (P04). */
@Injectable()
export class SeatsAsked {
  constructor(
    private readonly jira: JiraReader,
    private readonly memberships: JiraMemberships,
  ) {}

  /** Undefined: Jira is away, limits us, or does not tell its licences to our user. */
  async applications(): Promise<readonly JiraApplication[] | undefined> {
    const breaker = await this.memberships.breaker();
    if (breaker.state !== 'closed') return undefined;
    try {
      return await this.jira.begin(withinMs).applications();
    } catch (error) {
      if (error instanceof GatehouseError) return undefined;
      throw error;
    }
  }
}
