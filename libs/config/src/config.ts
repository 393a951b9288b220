import type { ServicePort } from './ports.js';
import type { SecretText } from './secret-text.js';

/** Injection token of {@link Config}. */
export const CONFIG = Symbol('Config');

/** Injection token of the document a brand-new installation starts with: `ConfigDocumentInput | undefined`. */
export const SEED_DOCUMENT = Symbol('SeedDocument');

/** What the environment says, parsed once. docs/configuration.md is generated from the schema in environment.ts. */
export interface Config {
  readonly production: boolean;
  readonly host: string;
  /** Where each service listens when it has a process of its own. */
  readonly ports: Readonly<Record<ServicePort, number>>;
  /** Our base as browsers see it, without a slash at the end. */
  readonly publicUrl: URL;
  /** `/_sso` or whatever path `publicUrl` has; empty when it has none. */
  readonly basePath: string;
  /** Where the gateway finds the console and SCIM when they are other processes. */
  readonly consoleUrl: URL;
  readonly scim: { readonly url: URL; readonly configured: boolean };
  /** The console's own origin, `/console` below it. Always there in production where a service needs it. */
  readonly consolePublicUrl: URL | undefined;
  /** Cookies are Secure by this, never by the request. */
  readonly secureCookies: boolean;
  readonly sandbox: SandboxConfig | undefined;
  readonly jira: JiraConfig;
  /** Undefined: start the embedded server below `dataDir`. */
  readonly databaseUrl: string | undefined;
  /** Undefined: the queues live in PostgreSQL. It may hold a password. */
  readonly redisUrl: SecretText | undefined;
  readonly dataDir: string;
  readonly encryptionKey: SecretText | undefined;
  readonly adminToken: SecretText | undefined;
  readonly configFile: string | undefined;
  /** How long a process that is going away still serves, after it has said so. */
  readonly stopDelayMs: number;
  readonly logLevel: 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
  /** Unsafe conveniences in use; printed at start, refused in production. */
  readonly warnings: readonly string[];
  /** Other variables of the environment that a configuration document may name as `{ env: NAME }`. */
  readonly variable: (name: string) => string | undefined;
}

export interface SandboxConfig {
  readonly jiraPort: number;
  readonly idpPort: number;
}

export interface JiraConfig {
  /** Where REST is called. */
  readonly url: URL;
  /** What browsers see; undefined: ask Jira (`baseUrl` of `serverInfo`). */
  readonly publicUrl: URL | undefined;
  readonly token: SecretText;
}
