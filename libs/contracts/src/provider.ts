import { z } from 'zod';
import { ClaimSelector } from './claim-selector.js';
import { contradictionsIn } from './provider-contradictions.js';
import { publicKeyProblem } from './public-key.js';
import { PullSync, PullSyncWithoutSecret } from './pull-sync.js';
import { HttpUrl } from './url.js';
import { ScimOptions } from './scim-options.js';
import { SecretValue } from './secret-value.js';

/** Every member of a provider that is a secret of signing in. */
export const providerSecrets = ['clientSecret', 'clientKey'] as const;
export type ProviderSecret = (typeof providerSecrets)[number];

/** By keys that a provider can publish. Never `none`, and never a shared secret: a public key must not be taken for one. */
export const signatureAlgorithms = [
  ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
  ...(['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const),
] as const;

export const clientAuthentications = [
  'client_secret_post',
  'client_secret_basic',
  'client_secret_basic_raw',
  'private_key_jwt',
  'apple',
  'none',
] as const;

export type ClientAuthentication = (typeof clientAuthentications)[number];

/** Which secret a client proves itself with. */
export function secretOfAuthentication(authentication: ClientAuthentication): ProviderSecret | undefined {
  switch (authentication) {
    case 'client_secret_post':
    case 'client_secret_basic':
    case 'client_secret_basic_raw':
      return 'clientSecret';
    case 'private_key_jwt':
    case 'apple':
      return 'clientKey';
    case 'none':
      return undefined;
  }
}

const Scope = z
  .string()
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be one word of printable ASCII, without quotes and backslashes');

const Endpoints = z.strictObject({
  authorization: HttpUrl.describe('Where browsers are sent to sign in.'),
  token: HttpUrl.describe('Where the code is exchanged, and the secret is sent.'),
  userinfo: HttpUrl.optional().describe('Further claims; OAuth 2.0: the only ones.'),
  endSession: HttpUrl.optional().describe('Where signing out continues (RP-initiated logout).'),
  emails: HttpUrl.optional().describe('GitHub: where addresses are, of which the primary verified one is taken.'),
});

const Host = z
  .string()
  .regex(/^[A-Za-z0-9._[\]:-]{1,255}$/, 'must be a host name or an address, without scheme, port and path');

const EmailDomain = z
  .string()
  .regex(
    /^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,63}$/,
    'must be a domain in lower case, beyond ASCII in its xn-- form, or one after `*.`',
  );

const ProviderShape = z.strictObject({
  name: z.string().min(1).max(100).describe('What people read on the sign-in page.'),
  enabled: z.boolean().default(true).describe('Off: nobody signs in through it; its people keep what they have.'),
  scim: ScimOptions,
  pullSync: PullSync.optional().describe(
    'Given: people and groups are read from an Amazon Cognito user pool again and again, whether anybody signs in or not.',
  ),
  preset: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be the name of a preset')
    .optional()
    .describe('The preset it was made from, for its guide and its advice. It changes nothing else.'),
  protocol: z
    .enum(['oidc', 'oauth2'])
    .default('oidc')
    .describe('`oauth2`: there is no ID token, and the profile comes from userinfo alone.'),
  issuer: HttpUrl.describe('The exact `iss` of the tokens; discovery is read below it. OAuth 2.0: a name that stays.'),
  endpoints: Endpoints.optional().describe('Given: these are used, and nothing is discovered.'),
  jwksUrl: HttpUrl.optional().describe('Where the signing keys are, when discovery does not say.'),
  publicKey: z
    .string()
    .max(65_536)
    .superRefine((pem, context) => {
      const problem = publicKeyProblem(pem);
      if (problem) context.addIssue({ code: 'custom', message: problem });
    })
    .optional()
    .describe('PEM of one or more public keys or certificates. Only they verify, and no key is ever fetched.'),
  algorithms: z
    .array(z.enum(signatureAlgorithms))
    .min(1)
    .optional()
    .describe('Signatures accepted. Left out: what discovery advertises, or RS256.'),
  clientId: z.string().min(1).max(255).describe('Of the registration at the provider.'),
  clientSecret: SecretValue.optional().describe(
    'The text, or the variable that is read when this is applied. Kept encrypted, never exported; left out later: the stored one stays.',
  ),
  clientAuthentication: z
    .enum(clientAuthentications)
    .default('client_secret_post')
    .describe('`client_secret_basic_raw`: for servers that do not decode what RFC 6749 2.3.1 encodes.'),
  clientKey: SecretValue.optional().describe(
    'PEM of the private key of `private_key_jwt` and `apple`, given and kept like the secret.',
  ),
  clientKeyId: z.string().min(1).max(255).optional().describe('Its `kid`.'),
  appleTeamId: z.string().min(1).max(255).optional().describe('Of the developer account, for `apple`.'),
  scopes: z
    .array(Scope)
    .min(1, 'Scope is required. Configure Scope as openid')
    .max(50)
    .default(['openid', 'email', 'profile'])
    .describe('What is asked for; with ID tokens `openid` is among them.'),
  authorizationParameters: z
    .record(
      z.string().regex(/^[A-Za-z0-9_.:-]{1,64}$/, 'must be a parameter name: at most 64 letters, digits and . _ : -'),
      z.string().max(1024),
    )
    .default({})
    .describe('Sent along to the authorization endpoint.'),
  acrValues: z
    .array(Scope)
    .max(10)
    .default([])
    .describe('How people should prove who they are, in the words of the provider.'),
  prompt: z
    .enum(['login', 'consent', 'select_account'])
    .optional()
    .describe('What the provider asks at every sign-in, though its session is alive.'),
  responseMode: z
    .enum(['query', 'form_post'])
    .default('query')
    .describe('`form_post`: the answer is posted (Apple, AD FS); needs https.'),
  clockToleranceSeconds: z
    .number()
    .int()
    .min(0)
    .max(300)
    .default(60)
    .describe("How far the provider's clock may be off."),
  userinfo: z
    .enum(['optional', 'required', 'off'])
    .default('optional')
    .describe('`optional`: a sign-in goes on without it, and nothing is concluded from what it did not say.'),
  subjectClaim: ClaimSelector.default('sub').describe('OAuth 2.0: which member of userinfo names the person for good.'),
  requiredClaims: z
    .record(z.string().min(1).max(255), z.array(z.string().max(255)).min(1).max(100))
    .default({})
    .describe(
      "Each claim must have one of these values (Google's `hd`, Slack's team); a list must have one of them in it.",
    ),
  allowedEmailDomains: z
    .array(EmailDomain)
    .max(1000)
    .default([])
    .describe('Left empty: every domain. `example.com` is that domain only, `*.example.com` everything below it.'),
  allowedHosts: z
    .array(Host)
    .max(20)
    .default([])
    .describe('Hosts with private addresses that may be called all the same.'),
  signOutAtProvider: z.boolean().default(true).describe("Signing out of Jira ends the provider's session too."),
  logoutUrl: z
    .string()
    .max(2048)
    .regex(/^https?:\/\//, 'must be an absolute http or https URL')
    .optional()
    .describe(
      'Template for providers without standard logout: `{clientId}`, `{logoutUri}`, `{issuer}` are filled in, encoded.',
    ),
  backchannelLogout: z
    .enum(['strict', 'draft', 'off'])
    .default('strict')
    .describe('`draft`: also logout tokens without `exp` or with `typ` JWT, if they are two minutes old at most.'),
  authoritativeForUsernames: z
    .boolean()
    .default(false)
    .describe(
      'Trust this provider to name Jira users even where the e-mail address differs. Off: some let people choose names.',
    ),
  trustUnverifiedEmail: z.boolean().default(false).describe('Treat an unverified e-mail address as verified.'),
  emailVerifiedAsText: z
    .boolean()
    .default(false)
    .describe('Take `email_verified: "true"`, a text, for true as well (Apple, userinfo of Cognito).'),
});

/** Each member by itself, before they are held against each other. */
export type ProviderValues = z.output<typeof ProviderShape>;

export const Provider = ProviderShape.superRefine((provider, context) => {
  for (const { path, message } of contradictionsIn(provider))
    context.addIssue({ code: 'custom', path: [...path], message });
});

/** As it is stored and exported. */
export const ProviderWithoutSecrets = ProviderShape.omit({ clientSecret: true, clientKey: true }).extend({
  pullSync: PullSyncWithoutSecret.optional(),
});
export type ProviderWithoutSecrets = z.output<typeof ProviderWithoutSecrets>;

export function withoutProviderSecrets(provider: ProviderValues): ProviderWithoutSecrets {
  const kept = { ...provider };
  delete kept.clientSecret;
  delete kept.clientKey;
  if (!kept.pullSync) return kept;
  const pullSync = { ...kept.pullSync };
  delete pullSync.secretAccessKey;
  return { ...kept, pullSync };
}
