import type { SwitchSettings } from './switches.js';

/** How a sandbox Jira is started, switches included. Everything has a default and nothing reads the environment. */
export interface SandboxJiraOptions extends SwitchSettings {
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /**
   * Jira's base URL: what browsers see, with the context path. Redirect URIs, `self` links and `serverInfo`
   * use it. Default: the address listened on.
   */
  readonly publicUrl?: string;
  /** Only needed without `publicUrl`, whose path is the context path otherwise. `''` or e.g. `/jira`. */
  readonly contextPath?: string;
  /** Where the journal of changes is kept. Default: in memory. */
  readonly dataFile?: string;
  /** Personal access tokens and the username of their owners. Default: `sandbox-admin-token` of `admin`. */
  readonly tokens?: Readonly<Record<string, string>>;
  /** Whether the SSO app sends PKCE. Jira's is not known to, hence off. */
  readonly pkce?: boolean;
  /** Told of every error that is a defect of the stand-in itself: those answer 500 without a text. */
  readonly onDefect?: (error: unknown) => void;
  /** Groups inside groups, parent to children. Jira's REST cannot nest, an administrator's directory can. */
  readonly nestedGroups?: Readonly<Record<string, readonly string[]>>;
}

export interface RunningSandboxJira {
  readonly port: number;
  /** The address listened on, with the context path. Not the public one. */
  readonly url: string;
  /** Cuts open connections; returns once the port is free. */
  close(): Promise<void>;
}
