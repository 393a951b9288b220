import { z } from 'zod';

const port = (fallback: number) => z.coerce.number().int().min(1).max(65_535).default(fallback);
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an absolute http or https URL' });
const secret = (description: string) =>
  z.string().min(1).optional().describe(`${description} Also as a file: append _FILE to the name.`);

/** Every variable we read. An empty variable counts as absent. */
export const Environment = z.object({
  NODE_ENV: z
    .enum(['development', 'production', 'test'])
    .default('development')
    .describe('`production` refuses every unsafe convenience.'),
  HOST: z
    .string()
    .default('127.0.0.1')
    .describe('Address to listen on. Anything but loopback with the sandbox on needs `SANDBOX_PUBLIC=yes`.'),
  PORT: port(3000).describe('Port of the auth gateway; the other services on their own use the ports after it.'),
  PUBLIC_URL: httpUrl.optional().describe('Our base as browsers see it. Default `http://localhost:<PORT>/_sso`.'),
  CONSOLE_PUBLIC_URL: httpUrl.optional().describe("The console's own origin."),
  SANDBOX: z
    .enum(['on', 'off'])
    .optional()
    .describe(
      'A Cognito-shaped identity provider and a Jira stand-in to try everything with. Default `on`, unless JIRA_URL is set or in production.',
    ),
  SANDBOX_PUBLIC: z
    .enum(['yes', 'no'])
    .default('no')
    .describe('Allow the sandbox on an address that others can reach. Anyone can sign in there.'),
  SANDBOX_JIRA_PORT: port(8080).describe('Port of the sandbox Jira.'),
  SANDBOX_IDP_PORT: port(9000).describe('Port of the sandbox identity provider.'),
  JIRA_URL: httpUrl.optional().describe("Where Jira's REST API is called (internal address)."),
  JIRA_PUBLIC_URL: httpUrl.optional().describe('Where browsers reach Jira. Default: the base URL that Jira reports.'),
  JIRA_TOKEN: secret('Personal access token of a Jira administrator.'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' })
    .optional()
    .describe('PostgreSQL. Default: an embedded server below DATA_DIR.'),
  DATA_DIR: z.string().min(1).default('.data').describe('Where the embedded server and generated keys are kept.'),
  ENCRYPTION_KEY: secret('32 bytes, base64 or hex, for secrets at rest. Default: made once below DATA_DIR.'),
  ADMIN_TOKEN: secret(
    'Bearer token of the admin API, at least 24 characters. Default: made once and printed at the first start.',
  ),
  CONFIG_FILE: z.string().min(1).optional().describe('Configuration document (YAML or JSON) applied at every start.'),
  LOG_LEVEL: z
    .enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'])
    .default('info')
    .describe('Least severe level that is logged.'),
});

export type Environment = z.output<typeof Environment>;
