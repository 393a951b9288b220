import type { ProvisioningStep } from '@gatehouse/contracts';
import { codes } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';

/** What is known of one person after they were provisioned on demand, or while that is still under way. */
export interface ProvisioningEvidence {
  readonly identities: readonly {
    readonly provider: string;
    /** Of their groups. */
    readonly claim: string;
    readonly refused?: { readonly at: 'entry' | 'link'; readonly code: ErrorCode } | undefined;
  }[];
  readonly account:
    | {
        readonly state: string;
        readonly code: string | null;
        readonly username: string | null;
        readonly jiraKey: string | null;
      }
    | undefined;
  /** Since the operator asked. */
  readonly run:
    | {
        readonly outcome: string;
        readonly code: string | null;
        readonly how: string | null;
        readonly changes: number;
        readonly paused: readonly string[];
        readonly held: number;
      }
    | undefined;
  readonly pending: readonly { readonly job: string; readonly queue: string; readonly paused: string | null }[];
  readonly breaker: { readonly state: string; readonly code: string | null };
}

type Told = Omit<ProvisioningStep, 'step'>;

/** Where each step stands, with its reason; the first that does not end well is the last that is reached (U20). */
export function provisioningSteps(evidence: ProvisioningEvidence): ProvisioningStep[] {
  const steps: ProvisioningStep[] = [];
  for (const [step, tell] of order) {
    const isOver = steps.some(({ outcome }) => outcome !== 'done');
    steps.push({ step, ...(isOver ? notReached : tell(evidence)) });
  }
  return steps;
}

const order = [
  ['import', imported],
  ['scope', inScope],
  ['match', matched],
  ['action', acted],
] as const;

const notReached: Told = { outcome: 'not-reached', text: 'Not reached.', code: null, action: null };

function imported({ identities }: ProvisioningEvidence): Told {
  if (identities.length === 0) return { ...nobody, outcome: 'refused' };
  const sources = identities.map(({ provider, claim }) => `${provider} (${claim || 'not configured any more'})`);
  return { ...done, text: `The claims of the last sign-in at ${sources.join(', ')}.` };
}

function inScope({ identities }: ProvisioningEvidence): Told {
  const entering = identities.filter(({ refused }) => refused === undefined);
  const [out] = identities.flatMap(({ provider, refused }) => (refused ? [{ provider, ...refused }] : []));
  if (entering.length === 0 && out) return ofCode('refused', out.code, `The provider ${out.provider} gives nothing: `);
  const names = entering.map(({ provider }) => provider).join(', ');
  const rest = out ? ` Not by ${out.provider}: ${codes[out.code].meaning}` : '';
  return { ...done, text: `Entitled by ${names}.${rest}` };
}

const hows = new Map([
  ['created', 'The Jira user was created.'],
  ['adopted', 'An existing Jira user was matched and linked.'],
  ['pinned', 'The Jira user is linked by its immutable key.'],
]);

function matched(evidence: ProvisioningEvidence): Told {
  const { account, run } = evidence;
  const how = run?.how ? hows.get(run.how) : undefined;
  if (how) return { ...done, text: `${how} Username ${account?.username ?? 'unknown'}.` };
  if (run?.outcome === 'refused') return ofCode('refused', account?.code ?? run.code);
  if (run?.outcome === 'failed') return ofCode('failed', run.code);
  if (run?.outcome === 'outage') return ofCode('waiting', run.code);
  return run ? ofCode('failed', run.code) : underWay(evidence);
}

function acted({ run }: ProvisioningEvidence): Told {
  if (!run) return notReached;
  const { outcome, code, changes, paused, held } = run;
  const rest = held > 0 ? ` The brake holds ${count(held, 'removal')}.` : '';
  switch (outcome) {
    case 'applied':
    case 'unchanged':
      if (code !== null) return ofCode('done', code);
      return {
        ...done,
        text: (changes === 0 ? 'Jira had everything as it should be.' : `${count(changes, 'change')} made.`) + rest,
      };
    case 'paused':
      return ofCode('paused', code, `${paused.join(', ')}: `);
    case 'refused':
      return ofCode('refused', code);
    case 'outage':
      return ofCode('waiting', code);
    default:
      return ofCode('failed', code);
  }
}

/** No run yet: on its way, or held up. */
function underWay({ pending, breaker }: ProvisioningEvidence): Told {
  const held = pending.find(({ paused }) => paused !== null);
  if (held) {
    const text = `The job ${held.job} waits in ${held.queue}, which is paused: ${held.paused}`;
    return { outcome: 'waiting', text, code: null, action: `Resume ${held.queue}.` };
  }
  if (breaker.state !== 'closed') return ofCode('waiting', breaker.code ?? 'jira.unreachable');
  const [first] = pending;
  const text = first ? `The job ${first.job} is under way in ${first.queue}.` : 'Nothing has looked at Jira yet.';
  return { outcome: 'waiting', text, code: null, action: null };
}

const done = { outcome: 'done', code: null, action: null } as const;

const nobody = { text: 'Nobody of this account has signed in.', code: null, action: 'The person signs in once.' };

/** What a newer version recorded may have a code that this one does not know. */
function ofCode(outcome: Told['outcome'], code: string | null, before = ''): Told {
  const known = code !== null && Object.hasOwn(codes, code) ? (code as ErrorCode) : 'job.failed';
  const { meaning, action } = codes[known];
  return { outcome, text: before + meaning, code: known, action };
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
