import { Injectable } from '@nestjs/common';
import type { ExplainedMembership } from '@gatehouse/contracts';
import { codes, GatehouseError } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import { JiraDirectory, JiraReader } from '@gatehouse/jira-client';
import type { DuplicatedUsers, JiraReading } from '@gatehouse/jira-client';
import { foldName } from '@gatehouse/mapping';
import { DataSource } from 'typeorm';

/** For all questions together: somebody waits for the page. */
const withinMs = 3_000;

const directoriesMax = 20;

type JiraAnswer = ExplainedMembership['jira'];
type BreakerState = ExplainedMembership['breaker'];

/** What Jira itself says of a person and a group. It holds a reader alone, so nothing here can change Jira. */
@Injectable()
export class JiraMemberships {
  constructor(
    private readonly jira: JiraReader,
    private readonly directory: JiraDirectory,
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
      return await this.asked(this.jira.begin(withinMs), who, group);
    } catch (error) {
      if (error instanceof GatehouseError) return unavailable(error.code);
      throw error;
    }
  }

  private async asked(
    reading: JiraReading,
    who: { readonly key: string } | { readonly username: string },
    group: string,
  ): Promise<JiraAnswer> {
    const [user, groupExists, applications, duplicated] = await Promise.all([
      reading.findUser(who),
      reading.hasGroup(group),
      // Licences are not shown to everybody who may administer users.
      unless(reading.applications(), []),
      unless(this.directory.duplicatedUsers(withinMs), undefined),
    ]);
    const isIt = (name: string) => foldName(name) === foldName(group);
    const seats = applications.flatMap((one) => (one.groups.some(isIt) ? [one.remainingSeats] : []));
    const counted = seats.filter((left) => left !== null);
    return {
      state: 'asked',
      user: user ? { username: user.name, active: user.active } : null,
      directories: user ? directoriesOf(user.name, duplicated) : null,
      member: user?.groups.some(isIt) ?? false,
      groupExists,
      seatsLeft: counted.length === 0 ? null : Math.min(...counted),
    };
  }
}

/** What is only good to know keeps the answer from nobody. */
function unless<Answer>(question: Promise<Answer>, otherwise: Answer): Promise<Answer> {
  return question.catch((error: unknown) => {
    if (error instanceof GatehouseError) return otherwise;
    throw error;
  });
}

function directoriesOf(username: string, duplicated: DuplicatedUsers | undefined) {
  if (!duplicated) return null;
  const entry = [...duplicated].find(([name]) => foldName(name) === foldName(username));
  return entry ? [...entry[1]].slice(0, directoriesMax) : [];
}

/** What a newer version recorded may have a code that this one does not know. */
function unavailable(code: string | null): JiraAnswer {
  const known = code !== null && Object.hasOwn(codes, code) ? (code as ErrorCode) : 'jira.unreachable';
  return { state: 'unavailable', code: known, ...codes[known] };
}
