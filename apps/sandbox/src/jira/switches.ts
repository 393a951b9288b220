import { z } from 'zod';

/** Where users live who were made over REST at the beginning; always one of the directories. */
export const internalDirectory = 'Jira Internal Directory';

const DirectorySwitch = z.strictObject({
  name: z.string().min(1),
  mode: z.enum(['writable', 'readOnly', 'readOnlyLocalGroups']),
});

/** A bucket per user and node: `fill` tokens come each interval, `max` fit in. A `max` of 0 blocks everybody. */
const RateLimitSwitch = z.strictObject({
  fill: z.int().min(1).max(1_000_000),
  intervalSeconds: z.number().positive().max(3_600).default(1),
  max: z.int().min(0).max(1_000_000),
  /** Usernames that are not limited. */
  exempt: z.array(z.string()).default([]),
});

const Seats = z.int().min(0);

/** What differs from one Jira to another and can change while it runs: jira-facts 5. Faults are not here. */
export const Switches = z.strictObject({
  jiraVersion: z.enum(['9.12', '10.3', '11.3']).default('10.3'),
  /** Default: blocked from 11 on. */
  basicAuth: z.enum(['allowed', 'blocked']).optional(),
  /** `pages` of 1000 as up to 9, the `first-100` whatever `startAt` says as since 10. Default: by version. */
  searchCap: z.enum(['pages', 'first-100']).optional(),
  hasUserList: z.boolean().optional(),
  hasGroupGet: z.boolean().optional(),
  /** In their order; the first that holds a username answers for it. */
  directories: z
    .array(DirectorySwitch)
    .refine((list) => list.some(({ name }) => name === internalDirectory), `must have "${internalDirectory}"`)
    .default([{ name: internalDirectory, mode: 'writable' }]),
  /** With which a write into a read-only directory is refused; which one a real Jira takes is not known. */
  readOnlyStatus: z.union([z.literal(400), z.literal(403)]).default(400),
  /** Of Jira Software, or by application. Null: no limit. */
  seats: z.union([Seats, z.record(z.string(), Seats), z.null()]).default(null),
  /** What a full licence does with one more: jira-facts 2.5 leaves it open. */
  overflow: z.enum(['refuse', 'accept']).default('refuse'),
  rateLimit: RateLimitSwitch.nullable().default(null),
  /** So many wrong passwords in a row, and the right one is refused too. */
  captchaAfter: z.int().min(1).nullable().default(3),
  /** Of the messages. */
  locale: z.enum(['en', 'ko']).default('en'),
  lowerCaseNames: z.boolean().default(false),
  /** Whether the server below Jira takes `%2F` within a path; which one a real installation does is not known. */
  encodedSlash: z.enum(['allowed', 'refused']).default('allowed'),
  /** Requests go round them. */
  nodes: z.int().min(1).max(8).default(1),
  /** How long a change takes to the other nodes' caches. */
  replicationLagMs: z.int().min(0).max(600_000).default(0),
  /** Whether Jira Service Management is installed: its REST and its licence. */
  jsm: z.boolean().default(false),
  /** What the SSO app does at each login with what is in the token; `groups` takes every other membership away. */
  jit: z.enum(['off', 'groups']).default('off'),
  /** Usernames that Jira does not deactivate; of the first it tells over REST whom they are. */
  projectLeads: z.array(z.string()).default([]),
  componentLeads: z.array(z.string()).default([]),
  /** Usernames who have written issues or comments: Jira deletes neither them nor leads. */
  authors: z.array(z.string()).default([]),
  /** What `/status` says; 200 for all but the last two. */
  state: z.enum(['RUNNING', 'STARTING', 'STOPPING', 'FIRST_RUN', 'MAINTENANCE', 'ERROR']).default('RUNNING'),
});
export type Switches = z.output<typeof Switches>;
/** All of them have a default. */
export type SwitchSettings = z.input<typeof Switches>;

/** The switches with what the version decides filled in. */
export type Effective = Switches & Required<Pick<Switches, 'basicAuth' | 'searchCap' | 'hasUserList' | 'hasGroupGet'>>;

function effective(settings: SwitchSettings): Effective {
  const switches = Switches.parse(settings);
  const major = Number.parseInt(switches.jiraVersion, 10);
  return {
    ...switches,
    basicAuth: switches.basicAuth ?? (major >= 11 ? 'blocked' : 'allowed'),
    searchCap: switches.searchCap ?? (major >= 10 ? 'first-100' : 'pages'),
    hasUserList: switches.hasUserList ?? major >= 10,
    hasGroupGet: switches.hasGroupGet ?? major < 10,
  };
}

/** The switches as they stand, and who wants to hear of a change. */
export class SwitchBoard {
  private readonly listeners: ((now: Effective) => void)[] = [];
  private settings: SwitchSettings;
  now: Effective;

  constructor(private readonly atStart: SwitchSettings = {}) {
    this.settings = atStart;
    this.now = effective(atStart);
  }

  /** Tells at once, and again after each change. */
  watch(listener: (now: Effective) => void): void {
    this.listeners.push(listener);
    listener(this.now);
  }

  /** What is not named stays. */
  turn(settings: SwitchSettings): void {
    this.become({ ...this.settings, ...settings });
  }

  reset(): void {
    this.become(this.atStart);
  }

  private become(settings: SwitchSettings): void {
    this.now = effective(settings);
    this.settings = settings;
    for (const listener of this.listeners) listener(this.now);
  }
}

/** Those of the options that are switches: the stand-in has others, which no switch can change while it runs. */
export function switchesIn(options: object): SwitchSettings {
  const known = Object.keys(Switches.shape);
  return Object.fromEntries(Object.entries(options).filter(([name]) => known.includes(name)));
}
