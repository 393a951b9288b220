/** What happens to an installation from outside, as data: what a schedule is made of and the reference model reads. */

export const people = ['ada', 'grace', 'linus'] as const;
export type Person = (typeof people)[number];

export const providers = ['cognito', 'partner'] as const;
export type Provider = (typeof providers)[number];

/** The one group that opens an application, and so takes a seat. */
export const seatGroup = 'jira-software-users';
/** Groups of Jira that rules may name. */
export const groups = ['alpha', 'beta', 'gamma', seatGroup] as const;
/** A group of Jira that no rule ever names, and that only administrators change. */
export const foreignGroup = 'by-hand';

/** Names at the identity provider; two of them are names of groups of Jira too. */
export const claimed = ['dev', 'ops', 'alpha', 'beta'] as const;

export const teams = ['red', 'blue'] as const;

/** What a provider says of somebody's groups. All but `list` are no complete list. */
export type GroupsClaim =
  | { readonly kind: 'list' | 'partial'; readonly names: readonly string[] }
  | { readonly kind: 'absent' | 'overage' | 'malformed' };

export interface SignIn {
  readonly person: Person;
  readonly provider: Provider;
  readonly groups: GroupsClaim;
  /** Part of address and display name, so that every change of them can be told from every other. */
  readonly number: number;
  /** A claim that a user property may be made of. */
  readonly team: string | undefined;
}

/** What a provider pushes. A group that a change names is made if it is not there; a name that is taken is given to no other one. */
export interface DirectoryChange {
  readonly provider: Provider;
  readonly what:
    | {
        readonly kind: 'user';
        readonly person: Person;
        readonly standing: 'active' | 'inactive' | 'removed';
        readonly number: number;
      }
    | { readonly kind: 'member'; readonly person: Person; readonly group: string; readonly member: boolean }
    | { readonly kind: 'nested'; readonly inner: string; readonly group: string; readonly member: boolean }
    | { readonly kind: 'rename-group'; readonly group: string; readonly to: string }
    | { readonly kind: 'remove-group'; readonly group: string };
}

export type OrderKind = 'deactivate' | 'reactivate';

export interface Rules {
  readonly enabled: boolean;
  readonly autoActivate: boolean;
  /** With `autoActivate`: signing in counts more than what a directory said before. */
  readonly overrules: boolean;
  /** Whom the directory removes, it deactivates not. */
  readonly keepsRemoved: boolean;
  readonly update: 'everyLogin' | 'newUsersOnly' | 'off';
  readonly mode: 'manual' | 'onTheFly';
  readonly keepExisting: boolean;
  /** From a claimed name to a group of Jira. */
  readonly rules: readonly (readonly [string, string])[];
  readonly defaults: readonly string[];
  readonly defaultsFor: 'all' | 'new';
  readonly onlyIfNothingMapped: boolean;
  /** What becomes of the user property where the claim is missing; `unnamed`: it is not configured. */
  readonly team: 'unnamed' | 'keep' | 'remove';
}

export interface Configuration {
  readonly rules: Readonly<Record<Provider, Rules>>;
  /** Of people who may lose one group before the brake holds the rest; 0 holds everybody. */
  readonly perGroupMax: number;
  /** Whether accounts that nobody uses are deactivated. */
  readonly endsUnused: boolean;
}

/** What Jira, or the way to it, does to one call. `lost`: Jira does it and the answer never comes. */
export const jiraFaults = ['429', '500', '503', 'page', 'redirect', '401', 'reset', 'refused', 'lost'] as const;
export type JiraFault = (typeof jiraFaults)[number];

/** What becomes of the calls that a killed worker had sent. `late`: Jira does them after somebody else has taken over. */
export type LastCalls = 'unsent' | 'landed' | 'late';

export type Verdict = 'approve' | 'dismiss';

/** `pick` in [0, 1) chooses among what there is when the step is taken, so that a shorter schedule still means something. */
export type Step =
  | { readonly kind: 'sign-in'; readonly of: SignIn }
  | { readonly kind: 'directory'; readonly change: DirectoryChange }
  /** Of an administrator; of somebody without an account there is none. */
  | { readonly kind: 'order'; readonly person: Person; readonly order: OrderKind }
  | { readonly kind: 'configure'; readonly to: Configuration }
  /** Of an administrator, about what the brake holds; `group` is undefined for all of it, and nothing where nothing is held. */
  | { readonly kind: 'verdict'; readonly verdict: Verdict; readonly group: string | undefined }
  | { readonly kind: 'by-hand'; readonly person: Person; readonly group: string; readonly member: boolean }
  | { readonly kind: 'set-active'; readonly person: Person; readonly active: boolean }
  | { readonly kind: 'read-only'; readonly on: boolean }
  /** So many seats are left from now on; undefined: there is no limit. */
  | { readonly kind: 'seats'; readonly free: number | undefined }
  /** Longer than an account may go unused passes, and unused ones are looked for. */
  | { readonly kind: 'unused' }
  | { readonly kind: 'sweep' }
  /** A job is delivered. `again`: one that was delivered before. `diesAt`: before which of its statements its worker dies. */
  | { readonly kind: 'deliver'; readonly pick: number; readonly again: boolean; readonly diesAt: number | undefined }
  /** Workers that stand before a call or a transaction go on, one after the other. */
  | { readonly kind: 'advance'; readonly picks: readonly number[]; readonly fault: JiraFault | undefined }
  | { readonly kind: 'finish'; readonly pick: number }
  /** Others do so many jobs from beginning to end while those in the middle of something stand where they are. */
  | { readonly kind: 'others'; readonly jobs: number }
  | { readonly kind: 'kill'; readonly pick: number; readonly calls: LastCalls }
  /** Every worker that is in the middle of something is frozen for so long, while others do so many jobs. */
  | { readonly kind: 'pass'; readonly ms: number; readonly jobs: number };

export interface Schedule {
  readonly seed: number;
  /** Users whom Jira has at the beginning, with their groups. */
  readonly before: Readonly<Partial<Record<Person, readonly string[]>>>;
  readonly steps: readonly Step[];
}
