import type { ConfigDocumentInput } from '@gatehouse/contracts';
import { HttpBrowser, waitFor } from '@gatehouse/testing';
import type { Page } from '@gatehouse/testing';
import { GatewayFixture } from '../gateway.fixture.js';
import { HostileIdp, hostileClient } from './hostile-idp.fixture.js';
import type { Misbehaviour } from './hostile-idp.fixture.js';

type ProviderInput = NonNullable<ConfigDocumentInput['providers']>[string];

export interface Attempt {
  readonly browser: HttpBrowser;
  /** The answer as the provider sent it, in the browser's hands. */
  readonly callback: URL;
  /** Where it ended. */
  readonly page: Page;
}

interface AttackOptions {
  /** Left out: one, `company`. */
  readonly providers?: Readonly<Record<string, Partial<ProviderInput>>>;
  readonly settings?: ConfigDocumentInput['settings'];
  readonly publicUrl?: (port: number) => string;
  readonly beforeStart?: (attacked: AttackedGateway) => void;
}

const hopsMax = 20;

/** The gateway as it runs, with hostile identity providers in front of it and a Jira behind it that must not notice. */
export class AttackedGateway {
  private readonly idpOf = new Map<string, HostileIdp>();

  private constructor(
    readonly gateway: GatewayFixture,
    private readonly options: AttackOptions,
  ) {}

  static async start(options: AttackOptions = {}): Promise<AttackedGateway> {
    const made: AttackedGateway[] = [];
    const { settings, publicUrl } = options;
    await GatewayFixture.start({
      ...(settings ? { settings } : {}),
      ...(publicUrl ? { publicUrl } : {}),
      prepare: async (gateway) => {
        const attacked = new AttackedGateway(gateway, options);
        await attacked.configure(options.providers ?? { company: {} });
        options.beforeStart?.(attacked);
        made.push(attacked);
      },
    });
    return made[0]!;
  }

  async stop(): Promise<void> {
    await this.gateway.stop();
    for (const idp of this.idps) await idp.close();
  }

  get idps(): HostileIdp[] {
    return [...this.idpOf.values()];
  }

  idp(key = 'company'): HostileIdp {
    return this.idpOf.get(key)!;
  }

  /** A provider nobody has asked yet takes the place of `key`: nothing of it is cached. */
  async replaceIdp(key = 'company'): Promise<HostileIdp> {
    await this.idpOf.get(key)?.close();
    this.idpOf.delete(key);
    await this.configure(this.options.providers ?? { company: {} });
    return this.idp(key);
  }

  /** Applies these providers, each with an identity provider of its own. */
  async configure(providers: Readonly<Record<string, Partial<ProviderInput>>>): Promise<void> {
    for (const key of Object.keys(providers)) {
      if (!this.idpOf.has(key)) this.idpOf.set(key, await this.startIdp(key));
    }
    const entry = ([key, more]: [string, Partial<ProviderInput>]): [string, ProviderInput] => [
      key,
      { name: `Provider ${key}`, issuer: this.idp(key).issuer, clientId: hostileClient.id, ...more },
    ];
    await this.gateway.apply(
      {
        version: 1,
        providers: Object.fromEntries(Object.entries(providers).map(entry)),
        settings: this.options.settings,
      },
      Object.fromEntries(Object.keys(providers).map((key) => [`providers.${key}.clientSecret`, hostileClient.secret])),
    );
  }

  /** Opens Jira, chooses to log in, and goes as far as the provider's answer without delivering it. */
  async upToCallback(browser: HttpBrowser, provider = 'company'): Promise<URL> {
    let url = new URL(`${this.gateway.jira.origin}/login`);
    for (let hop = 0; hop < hopsMax; hop += 1) {
      const response = await browser.request(url, { method: 'GET' });
      await response.body?.cancel();
      const location = response.headers.get('location');
      const chooses = response.status === 200 && url.pathname.includes('/login/') && !url.searchParams.has('provider');
      if (location === null && !chooses) throw new StoppedError(url, response.status);
      url = location === null ? new URL(`?provider=${provider}`, url) : new URL(location, url);
      if (url.pathname.includes('/callback/')) return url;
    }
    throw new Error('too many redirects');
  }

  /** A whole sign-in that goes wrong, or not, in one way. */
  async attempt(
    misbehaviour: Misbehaviour = {},
    { provider = 'company', browser = new HttpBrowser() }: { provider?: string; browser?: HttpBrowser } = {},
  ): Promise<Attempt> {
    this.idp(provider).misbehave(misbehaviour);
    const callback = await this.upToCallback(browser, provider);
    return { browser, callback, page: await browser.get(callback) };
  }

  /** Makes `person` known, so that the next sign-ins of theirs go straight to Jira. */
  async introduce(person: string, provider = 'company', browser = new HttpBrowser()): Promise<void> {
    const idp = this.idp(provider);
    idp.person = person;
    await Promise.all([this.attempt({}, { provider, browser }), this.provision(idp.issuer, person)]);
  }

  private async provision(issuer: string, person: string): Promise<void> {
    const { dataSource } = this.gateway;
    const found = 'select id from gateway.identity where issuer = $1 and subject = $2';
    const identity = await waitFor(async () => (await dataSource.query<{ id: string }[]>(found, [issuer, person]))[0], {
      timeoutMs: 20_000, // The first sign-in of a cold process: fetches keys, compiles, and shares the machine.
      what: `the identity of ${person}`,
    });
    const accountId = await this.gateway.link(identity!.id, person);
    await this.gateway.jiraAccount(accountId, { username: person });
    await this.gateway.settle();
  }

  private async startIdp(key: string): Promise<HostileIdp> {
    const idp = await HostileIdp.start(`${this.gateway.publicUrl}/callback/${key}`);
    for (const name of ['ada', 'bob', 'eve']) idp.people.set(name, claimsOfPerson(name));
    return idp;
  }
}

/** The way to the provider ended before its answer. */
export class StoppedError extends Error {
  constructor(url: URL, status: number) {
    super(`stopped at ${url.href} with ${status}`);
  }
}

function claimsOfPerson(name: string) {
  return {
    preferred_username: name,
    email: `${name}@example.com`,
    email_verified: true,
    given_name: name,
    family_name: 'Example',
    groups: ['dev'],
  };
}
