import { z } from 'zod';

const port = (fallback: number) => z.coerce.number().int().min(1).max(65_535).default(fallback);
const ownPort = (service: string, what: string) =>
  z.coerce
    .number()
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe(`Port of ${service}. Default ${what}. Replicas on one machine differ by it.`);
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
  PORT: port(3000).describe(
    'Where everything in one process listens. Services in processes of their own use it and the ports after it.',
  ),
  AUTH_GATEWAY_PORT: ownPort('the auth gateway', '`PORT`'),
  CONSOLE_PORT: ownPort('a console of its own process', '`PORT` + 1'),
  SCIM_INGEST_PORT: ownPort('a SCIM service of its own process', '`PORT` + 2'),
  CLAIM_MAPPING_PORT: ownPort('a claim-mapping of its own process (health only)', '`PORT` + 3'),
  GROUP_SYNC_PORT: ownPort('a group-sync of its own process (health only)', '`PORT` + 4'),
  PUBLIC_URL: httpUrl.optional().describe('Our base as browsers see it. Default `http://localhost:<PORT>/_sso`.'),
  CONSOLE_PUBLIC_URL: httpUrl
    .optional()
    .describe(
      "The console's own base as browsers see it, `/console` below it: an origin other than Jira's, whose scripts could drive the console otherwise. Required in production.",
    ),
  CONSOLE_URL: httpUrl
    .optional()
    .describe('Where the gateway finds the console when it is another process. Default: `CONSOLE_PORT` on loopback.'),
  SCIM_URL: httpUrl
    .optional()
    .describe(
      'Where the gateway finds SCIM when it is another process. Default: `SCIM_INGEST_PORT` on loopback, for a gateway of its own process.',
    ),
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
    .describe(
      'PostgreSQL. Default: an embedded server below DATA_DIR. Required for services in processes of their own.',
    ),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// URL' })
    .optional()
    .describe(
      'Redis 7 or Valkey for the queues, `rediss://` with TLS, may hold user, password and database number. Default: the queues live in PostgreSQL.',
    ),
  DATA_DIR: z.string().min(1).default('.data').describe('Where the embedded server and generated keys are kept.'),
  ENCRYPTION_KEY: secret('32 bytes, base64 or hex, for secrets at rest. Default: made once below DATA_DIR.'),
  ADMIN_TOKEN: secret(
    'Bearer token of the admin API, at least 24 characters. Default: made once and printed at the first start.',
  ),
  CONFIG_FILE: z.string().min(1).optional().describe('Configuration document (YAML or JSON) applied at every start.'),
  STOP_DELAY_SECONDS: z.coerce
    .number()
    .int()
    .min(0)
    .max(60)
    .optional()
    .describe(
      'How long a process that was told to stop still serves, after `/readyz` has said so: for balancers to notice. Default 0, in production 3.',
    ),
  LOG_LEVEL: z
    .enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'])
    .default('info')
    .describe('Least severe level that is logged.'),
});

export type Environment = z.output<typeof Environment>;
