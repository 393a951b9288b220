import { createHash } from 'node:crypto';

export type Claims = Readonly<Record<string, unknown>>;

/** A user of the pool. */
export interface Person {
  readonly username: string;
  readonly password: string;
  readonly disabled: boolean;
  /** Standard and `custom:` attributes; the scopes decide which of them are told. */
  readonly attributes: Claims;
  /** Null: the tokens carry no `cognito:groups` at all, as at Cognito for a user without groups. */
  readonly groups: readonly string[] | null;
  /** Groups at one client, by the client's key, where they differ. */
  readonly groupsAt?: Readonly<Record<string, readonly string[] | null>>;
  /** Written over the claims of the ID token and of userInfo, whatever the scopes say. */
  readonly claims?: Claims;
  /** Left out of the ID token and of userInfo. */
  readonly omit?: readonly string[];
  /** Written over userInfo only, to make it contradict the ID token. */
  readonly userInfo?: Claims;
}

export type PersonChange = Partial<Omit<Person, 'username' | 'attributes'>>;

export const demoPassword = 'demo';

/** Told on the login form. */
export const demoPeople: readonly { readonly username: string; readonly hint: string }[] = [
  { username: 'ada', hint: 'groups dev and ops' },
  { username: 'grace', hint: 'group support' },
  { username: 'linus', hint: 'no groups claim at all' },
  { username: 'zoe', hint: 'name and group beyond ASCII' },
  { username: 'gina', hint: '100 groups; 220 at the partner, too many to be sent' },
  { username: 'dave', hint: 'e-mail address not verified' },
  { username: 'eve', hint: 'e-mail address in another domain' },
  { username: 'admin', hint: "named like Jira's administrator" },
  { username: 'load-0001', hint: 'and so on to load-9999' },
];

/**
 * The users of the pool. The named ones are listed, `load-0001` to `load-9999` are made when asked for.
 * Changes made over the control API lie on top and can be taken away together.
 */
export class People {
  private readonly changes = new Map<string, PersonChange>();

  constructor(private readonly poolId: string) {}

  /** Usernames are case-insensitive, the default of a Cognito pool since 2020. */
  find(name: string): Person | undefined {
    const username = fold(name);
    const change = this.changes.get(username);
    const known = seedOf(username) ?? (change ? newcomer(username) : undefined);
    if (!known) return undefined;
    const attributes = { sub: subjectOf(this.poolId, username), ...known.attributes };
    // A change of the groups is a change at every client.
    const groupsAt = change?.groups === undefined ? known.groupsAt : change.groupsAt;
    return { ...known, ...change, attributes, groupsAt };
  }

  change(name: string, change: PersonChange): void {
    const username = fold(name);
    this.changes.set(username, { ...this.changes.get(username), ...change });
  }

  reset(): void {
    this.changes.clear();
  }
}

export function groupsOf(person: Person, clientKey: string): readonly string[] | null {
  const special = person.groupsAt?.[clientKey];
  return special === undefined ? person.groups : special;
}

/** A UUID that is the same after every start, so that accounts linked to it stay linked. */
export function subjectOf(poolId: string, username: string): string {
  const hex = createHash('sha256').update(`${poolId}/${username}`).digest('hex');
  const variant = ((parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

const seeds = new Map(
  [
    person('ada', 'Ada', 'Lovelace', ['dev', 'ops'], { attributes: { 'custom:employee_number': '0001815' } }),
    person('grace', 'Grace', 'Field', ['support']),
    person('linus', 'Linus', 'Berg', null),
    person('zoe', 'Zoë', 'Nuñez-Øster', ['équipe-données']),
    // Cognito gives a user 100 groups at most. The partner plays a federated provider, which knows no such limit.
    person('gina', 'Gina', 'Romano', numbered('team', 100), { groupsAt: { partner: numbered('team', 220) } }),
    person('dave', 'Dave', 'Hill', ['dev'], { attributes: { email_verified: false } }),
    person('eve', 'Eve', 'Stone', ['dev'], { attributes: { email: 'eve@other.example' } }),
    person('admin', 'Avery', 'Minn', ['dev']),
  ].map((seed) => [seed.username, seed]),
);

function seedOf(username: string): Person | undefined {
  const number = /^load-(\d{4})$/.exec(username)?.[1];
  if (number === undefined || number === '0000') return seeds.get(username);
  return person(username, 'Load', number, Number(number) % 2 ? ['dev'] : ['support']);
}

/** Somebody the control API has named first. */
function newcomer(username: string): Person {
  return person(username, username, 'Newcomer', null);
}

function person(
  username: string,
  givenName: string,
  familyName: string,
  groups: readonly string[] | null,
  special: { attributes?: Claims; groupsAt?: Person['groupsAt'] } = {},
): Person {
  return {
    username,
    password: demoPassword,
    disabled: false,
    groups,
    groupsAt: special.groupsAt,
    attributes: {
      email: `${username}@example.com`,
      email_verified: true,
      given_name: givenName,
      family_name: familyName,
      name: `${givenName} ${familyName}`,
      preferred_username: username,
      'custom:department': 'Sandbox',
      ...special.attributes,
    },
  };
}

function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${String(index + 1).padStart(3, '0')}`);
}
