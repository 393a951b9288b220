import type { Directory } from './data/directory.js';
import type { Licence } from './data/licence.js';
import type { Sessions } from './data/sessions.js';
import type { SsoSettings } from './data/sso-settings.js';
import type { Store } from './data/store.js';
import type { SandboxJiraOptions } from './options.js';
import type { Representation } from './rest/represent.js';
import type { Captcha } from './server/captcha.js';
import type { CallLog } from './server/call-log.js';
import type { Faults } from './server/faults.js';
import type { RateLimits } from './server/rate-limits.js';
import type { OidcLogin } from './sso/oidc-login.js';
import type { SwitchBoard } from './switches.js';

/** The parts of one running sandbox Jira, as its routes see them. */
export interface Instance {
  readonly options: SandboxJiraOptions;
  /** `''` or e.g. `/jira`. */
  readonly contextPath: string;
  /** With the context path and without a trailing slash. */
  readonly baseUrl: () => string;
  readonly store: Store;
  readonly switches: SwitchBoard;
  readonly directory: Directory;
  readonly licence: Licence;
  readonly sessions: Sessions;
  readonly sso: SsoSettings;
  readonly oidc: OidcLogin;
  readonly represent: Representation;
  readonly calls: CallLog;
  readonly faults: Faults;
  readonly rateLimits: RateLimits;
  readonly captcha: Captcha;
  /** Aborted when the server closes: nothing may wait longer. */
  readonly closing: AbortSignal;
}
