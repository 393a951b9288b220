import { Injectable } from '@nestjs/common';
import type { ConfigDocument, ExplainedMembership } from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import { codes } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import {
  deactivationText,
  desiredAccess,
  explainMembership,
  foldName,
  groupReason,
  isMember,
} from '@gatehouse/mapping';
import type { DesiredAccess, MembershipEvidence } from '@gatehouse/mapping';
import { explainIdentity } from './explain-identity.js';
import type { ExplainedIdentity } from './explain-identity.js';
import { JiraMemberships } from './jira-membership.reader.js';
import { MembershipFacts } from './membership-facts.reader.js';
import type { PendingJob } from './membership-facts.reader.js';
import { People } from './people.reader.js';
import type { KnownDirectoryUser, KnownPerson } from './people.reader.js';

type Recorded = Awaited<ReturnType<MembershipExplainer['recorded']>>;
type Chain = Omit<ExplainedMembership, 'because' | 'fix' | 'member'>;

/** Gathers the facts, each from whoever wrote it; what they mean together is decided by `explainMembership` (P14, U12). */
@Injectable()
export class MembershipExplainer {
  constructor(
    private readonly liveConfig: LiveConfigReader,
    private readonly people: People,
    private readonly facts: MembershipFacts,
    private readonly jira: JiraMemberships,
  ) {}

  async explain(who: string, group: string): Promise<ExplainedMembership> {
    const person = await this.people.find(who);
    const [{ document, version }, recorded] = await Promise.all([
      this.liveConfig.newest(),
      this.recorded(person, group),
    ]);
    const now = nowOf(person, document);
    const jira = await this.jira.of(nameInJira(recorded, now), group, recorded.breaker);
    const identities = person.identities.map((one) => explainIdentity(one, group, document));
    const fromDirectory = person.directoryUsers.map((one) => explainIdentity(one, group, document));
    const explained = [...identities, ...fromDirectory];
    // The decision knows more than the directories of now: orders, long absence, and who was inactive when removed.
    const deactivated = deactivatedOf(person, now?.deactivated ? now : recorded.desired?.content);
    const evidence = evidenceOf({
      group,
      now,
      recorded,
      jira,
      deactivated,
      identities: counting(person, identities, fromDirectory),
    });
    const verdict = explainMembership(evidence);
    const logins = new Map(
      recorded.logins.map(({ identity, at, ...login }) => [identity, { at: at.toISOString(), ...login }]),
    );
    return {
      group,
      member: isMember(evidence) ?? null,
      because: verdict.because,
      fix: verdict.fix,
      person: {
        account: person.accountId ?? null,
        username: recorded.account?.username ?? recorded.desired?.content.username ?? now?.username ?? null,
        jiraKey: recorded.account?.jiraKey ?? null,
        state: recorded.account?.state ?? null,
        code: recorded.account?.code ?? null,
        identities: identities.map(({ evidence: { refused } }, index) => {
          const { identityId, provider, subject, verifiedAt } = person.identities[index]!;
          return {
            ...{ identity: identityId, provider, subject, verifiedAt: verifiedAt.toISOString() },
            lastLogin: logins.get(identityId) ?? null,
            refused: refused ? told(refused.code) : null,
          };
        }),
        directoryUsers: person.directoryUsers.map((one, index) => shownDirectoryUser(one, fromDirectory[index]!)),
        deactivated: deactivated ?? null,
      },
      claims: explained.flatMap(({ claim }) => claim ?? []),
      rules: explained.flatMap(({ rules }) => rules ?? []),
      now: { configVersion: version, wanted: evidence.wantedNow, reasons: [...evidence.reasonsNow] },
      ...shownRecords(group, recorded),
      jira,
    };
  }

  private async recorded({ accountId, identities, sources }: KnownPerson, group: string) {
    const identityIds = identities.map(({ identityId }) => identityId);
    const sourceIds = sources.map(({ identityId }) => identityId);
    const of = <T>(read: (id: string) => Promise<T>) => (accountId === undefined ? undefined : read(accountId));
    const [account, desired, ledger, held, run, pending, parked, logins, breaker] = await Promise.all([
      of((id) => this.facts.jiraAccount(id)),
      of((id) => this.facts.desired(id)),
      of((id) => this.facts.ledger(id, group)),
      of((id) => this.facts.held(id, group)),
      of((id) => this.facts.lastRun(id)),
      this.facts.pending(accountId, sourceIds),
      this.facts.parked(accountId, sourceIds),
      this.facts.lastLogins(identityIds),
      this.jira.breaker(),
    ]);
    return { account, desired, ledger: ledger ?? [], held, run, pending, parked, logins, breaker };
  }
}

function nowOf({ sources: identities, nameFolded }: KnownPerson, config: ConfigDocument): DesiredAccess | undefined {
  return nameFolded === undefined ? undefined : desiredAccess({ identities, nameFolded, config });
}

/** Where a directory has the person, it says the groups of its provider, and what a sign-in claims does not count. */
function counting(
  { directoryUsers }: KnownPerson,
  identities: readonly ExplainedIdentity[],
  fromDirectory: readonly ExplainedIdentity[],
): MembershipEvidence['identities'] {
  const saying = new Set(
    directoryUsers.flatMap(({ provider, directory }) => (directory?.standing === 'removed' ? [] : [provider])),
  );
  return [...identities.filter(({ evidence }) => !saying.has(evidence.provider)), ...fromDirectory].map(
    ({ evidence }) => evidence,
  );
}

function deactivatedOf({ directoryUsers }: KnownPerson, desired: DesiredAccess | undefined): string | undefined {
  const deactivation = desired?.deactivated;
  if (!deactivation) return undefined;
  const by = directoryUsers.find(
    ({ provider, directory }) => provider === deactivation.provider && directory?.standing !== 'active',
  );
  return deactivationText(deactivation, by?.changedAt);
}

function shownDirectoryUser(
  { identityId, provider, externalId, changedAt, directory, claims }: KnownDirectoryUser,
  { evidence: { refused } }: ExplainedIdentity,
): ExplainedMembership['person']['directoryUsers'][number] {
  const userName = typeof claims['userName'] === 'string' ? claims['userName'] : '';
  return {
    ...{ directoryUser: identityId, provider, userName, externalId, changedAt: changedAt.toISOString() },
    standing: directory?.standing ?? 'active',
    refused: refused ? told(refused.code) : null,
  };
}

function nameInJira({ account, desired }: Recorded, now: DesiredAccess | undefined) {
  if (account?.jiraKey) return { key: account.jiraKey };
  const username = now?.username ?? desired?.content.username;
  return username === undefined ? undefined : { username };
}

interface Gathered {
  readonly group: string;
  readonly now: DesiredAccess | undefined;
  readonly recorded: Recorded;
  readonly jira: ExplainedMembership['jira'];
  readonly deactivated: string | undefined;
  readonly identities: MembershipEvidence['identities'];
}

function evidenceOf({ group, now, recorded, jira, deactivated, identities }: Gathered): MembershipEvidence {
  const { account, desired, ledger, held, run, pending, parked, breaker } = recorded;
  const answer = jira.state === 'asked' ? { ...jira, hasUser: jira.user !== null } : undefined;
  const isGranted = ledger.length > 0;
  const isNewcomer = account?.newcomer ?? false;
  const stored = desired && { version: desired.version, wanted: isWanted(desired.content, group, isNewcomer) };
  // Where nobody may enter, nothing is decided anew: what is there stays as it was decided last.
  const stands = (answer?.member ?? isGranted) && (stored?.wanted ?? false);
  const groups = (now ?? desired?.content)?.groups;
  return {
    ...{
      group,
      identities,
      deactivated,
      isGranted,
      held,
      parked,
      breaker,
      desired: stored,
      jira: answer,
      account,
      run,
    },
    wantedNow: now ? isWanted(now, group, isNewcomer) : stands,
    reasonsNow: groups ? reasonsOf(groups, group) : [],
    holds: groups?.holds ?? [],
    isManaged: includes(groups?.managed ?? [], group),
    pending: pending.map((one) => ({ job: one.job, queue: one.queue, pause: pauseOf(one) })),
  };
}

function isWanted({ groups }: DesiredAccess, group: string, isNewcomer: boolean): boolean {
  return includes(groups.wanted, group) || (isNewcomer && includes(groups.ifNew.wanted, group));
}

function includes(groups: readonly string[], group: string): boolean {
  return groups.some((one) => foldName(one) === foldName(group));
}

function reasonsOf({ reasons, ifNew }: DesiredAccess['groups'], group: string): string[] {
  const ofGroup = [...reasons, ...ifNew.reasons].filter((reason) => foldName(reason.group) === foldName(group));
  return ofGroup.map((reason) => `${groupReason(reason)} (provider ${reason.provider})`);
}

function pauseOf({ pausedBy, pauseReason, pausedAt, resumeAt }: PendingJob) {
  if (pausedBy === null || pauseReason === null || pausedAt === null) return null;
  return { by: pausedBy, reason: pauseReason, since: pausedAt.toISOString(), until: resumeAt?.toISOString() ?? null };
}

function shownRecords(
  group: string,
  { desired, ledger, held, run, pending, parked, breaker }: Recorded,
): Pick<Chain, 'desired' | 'ledger' | 'held' | 'run' | 'pending' | 'parked' | 'breaker'> {
  return {
    desired: desired ? shownDesired(group, desired) : null,
    ledger: ledger.map(({ grantedAt, ...entry }) => ({ ...entry, grantedAt: grantedAt.toISOString() })),
    held: held ? { ...held, heldAt: held.heldAt.toISOString() } : null,
    run: run ? shownRun(run) : null,
    pending: pending.map((one) => ({
      ...{ job: one.job, queue: one.queue, since: one.since.toISOString() },
      ...{ retryAt: one.retryAt?.toISOString() ?? null, pause: pauseOf(one) },
    })),
    parked: parked.map(({ parkedAt, ...job }) => ({ ...job, parkedAt: parkedAt.toISOString() })),
    breaker,
  };
}

function shownDesired(
  group: string,
  { version, configVersion, decidedAt, content: { groups } }: NonNullable<Recorded['desired']>,
): NonNullable<Chain['desired']> {
  return {
    ...{ version, configVersion, decidedAt: decidedAt.toISOString() },
    wanted: includes(groups.wanted, group),
    wantedIfNew: includes(groups.ifNew.wanted, group),
    reasons: reasonsOf(groups, group),
    holds: groups.holds,
  };
}

const shownMax = 100;

function shownRun({ outcome, code, version, attempt, lane, traceId, ...run }: NonNullable<Recorded['run']>) {
  const [changes, paused] = [run.changes.slice(0, shownMax), run.paused.slice(0, shownMax)];
  return { outcome, code, version, attempt, lane, traceId, finishedAt: run.finishedAt.toISOString(), changes, paused };
}

function told(code: ErrorCode) {
  return { code, ...codes[Object.hasOwn(codes, code) ? code : 'job.failed'] };
}
