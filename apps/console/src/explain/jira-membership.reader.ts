import { Injectable } from '@nestjs/common';
import type { ExplainedMembership } from '@gatehouse/contracts';
import { codes, GatehouseError } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import { JiraReader } from '@gatehouse/jira-client';
import type { JiraReading } from '@gatehouse/jira-client';
import { foldName } from '@gatehouse/mapping';
import { DataSource } from 'typeorm';

/** For all questions together: somebody waits for the page. */
const withinMs = 3_000;

type JiraAnswer = ExplainedMembership['jira'];
type BreakerState = ExplainedMembership['breaker'];

/** What Jira itself says of a person and a group. It holds a reader alone, so nothing here can change Jira. */
@Injectable()
export class JiraMemberships {
  constructor(
    private readonly jira: JiraReader,
    private readonly dataSource: DataSource,
  ) {}

  async breaker(): Promise<BreakerState> {
    const [row] = await this.dataSource.query<BreakerState[]>(
      `select state, code from messaging.breaker where name = 'jira'`,
    );
    return row ?? { state: 'closed', code: null };
  }

  /** A Jira that is away is an answer too. */
  async of(
    who: { readonly key: string } | { readonly username: string } | undefined,
    group: string,
    breaker: BreakerState,
  ): Promise<JiraAnswer> {
    if (!who) return { state: 'not-asked', because: 'nobody of this account may enter, so it has no name in Jira' };
    // It limits or refuses us, and the probe is looking after that.
    if (breaker.state !== 'closed') return unavailable(breaker.code);
    try {
      return await asked(this.jira.begin(withinMs), who, group);
    } catch (error) {
      if (error instanceof GatehouseError) return unavailable(error.code);
      throw error;
    }
  }
}

async function asked(
  reading: JiraReading,
  who: { readonly key: string } | { readonly username: string },
  group: string,
): Promise<JiraAnswer> {
  const [user, groupExists, applications] = await Promise.all([
    reading.findUser(who),
    reading.hasGroup(group),
    // Licences are not shown to everybody who may administer users.
    reading.applications().catch((error: unknown) => {
      if (error instanceof GatehouseError) return [];
      throw error;
    }),
  ]);
  const isIt = (name: string) => foldName(name) === foldName(group);
  const seats = applications.flatMap((one) => (one.groups.some(isIt) ? [one.remainingSeats] : []));
  const counted = seats.filter((left) => left !== null);
  return {
    state: 'asked',
    user: user ? { username: user.name, active: user.active } : null,
    member: user?.groups.some(isIt) ?? false,
    groupExists,
    seatsLeft: counted.length === 0 ? null : Math.min(...counted),
  };
}

/** What a newer version recorded may have a code that this one does not know. */
function unavailable(code: string | null): JiraAnswer {
  const known = code !== null && Object.hasOwn(codes, code) ? (code as ErrorCode) : 'jira.unreachable';
  return { state: 'unavailable', code: known, ...codes[known] };
}
