/** A confidential app client of the pool: code and refresh grants, a secret, no implicit grant. */
export interface IdpClient {
  /** Short name, used where a person differs from client to client (`gina`). */
  readonly key: string;
  /** What the login form calls the application. */
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Allowed callback URLs, matched exactly. */
  readonly redirectUris: readonly string[];
  /** Allowed sign-out URLs, matched exactly. */
  readonly logoutUris: readonly string[];
  /** Scopes enabled for the client; default {@link standardScopes}. */
  readonly scopes?: readonly string[];
  /** Above so many groups the tokens only say that there are some elsewhere, as at Entra ID. Left out: never. */
  readonly overageAbove?: number;
}

export interface SandboxIdpOptions {
  /** A loopback address means both loopback addresses, because `localhost` resolves to either. */
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Origin of the issuer; default `http://127.0.0.1:<port>`. */
  readonly issuerOrigin?: string;
  /** Origin of the browser and token endpoints; default `http://localhost:<port>`. Another site than the issuer, as at Cognito. */
  readonly hostedDomain?: string;
  readonly poolId?: string;
  readonly clients: readonly IdpClient[];
  /** Milliseconds since the epoch; tests move it instead of sleeping. */
  readonly now?: () => number;
}

export interface SandboxIdp {
  readonly port: number;
  /** The exact `iss` of the tokens. */
  readonly issuer: string;
  readonly hostedDomain: string;
  close(): Promise<void>;
}

export const defaultPoolId = 'local_Sandbox';

export const standardScopes = ['openid', 'email', 'phone', 'profile', 'aws.cognito.signin.user.admin'] as const;

/** Cognito's defaults where it has them, its fixed values otherwise. */
export const lifetimes = {
  codeMs: 5 * 60_000,
  sessionMs: 60 * 60_000,
  tokenSeconds: 3_600,
  refreshMs: 30 * 24 * 60 * 60_000,
} as const;
