import { z } from 'zod';

/** The bodies of the SSO app's `/rest/authconfig/1.0`: jira-facts 1.4. `buttonText` really is spelled that way. */
const JitConfigEntity = z.strictObject({
  'user-provisioning-enabled': z.boolean().optional(),
  'mapping-display-name': z.string().optional(),
  'mapping-email': z.string().optional(),
  'mapping-groups': z.string().optional(),
  'additional-openid-scopes': z.array(z.string()).optional(),
});

/** Body of create and change. Which fields are needed depends on the type, so the resource says it. */
export const IdpConfigWrite = z
  .strictObject({
    id: z.number().int().nullable(),
    name: z.string(),
    enabled: z.boolean(),
    'sso-type': z.enum(['NONE', 'SAML', 'OIDC']),
    'idp-type': z.enum(['GENERIC', 'CROWD']),
    buttonText: z.string(),
    'include-customer-logins': z.boolean(),
    'enable-remember-me': z.boolean(),
    'issuer-url': z.string(),
    'client-id': z.string(),
    'client-secret': z.string(),
    'discovery-enabled': z.boolean(),
    'authorization-endpoint': z.string(),
    'token-endpoint': z.string(),
    'userinfo-endpoint': z.string(),
    'additional-scopes': z.array(z.string()),
    'username-claim': z.string(),
    'jit-configuration': JitConfigEntity,
    'sso-url': z.string(),
    'sso-issuer': z.string(),
    certificate: z.string(),
    'username-attribute': z.string(),
    'crowd-url': z.string(),
    'last-updated': z.string(),
  })
  .partial();
export type IdpConfigWrite = z.infer<typeof IdpConfigWrite>;

/** What is answered: never the client secret. */
export const IdpConfigEntity = z.strictObject({
  id: z.number().int(),
  name: z.string(),
  enabled: z.boolean(),
  'sso-type': z.literal('OIDC'),
  buttonText: z.string(),
  'include-customer-logins': z.boolean(),
  'enable-remember-me': z.boolean(),
  'issuer-url': z.string(),
  'client-id': z.string(),
  'discovery-enabled': z.boolean(),
  'authorization-endpoint': z.string().optional(),
  'token-endpoint': z.string().optional(),
  'userinfo-endpoint': z.string().optional(),
  'additional-scopes': z.array(z.string()),
  'username-claim': z.string(),
  'jit-configuration': JitConfigEntity,
  'last-updated': z.string(),
});
export type IdpConfigEntity = z.infer<typeof IdpConfigEntity>;

export const SsoConfigEntity = z.strictObject({
  'show-login-form': z.boolean(),
  'show-login-form-for-jsm': z.boolean(),
  'enable-authentication-fallback': z.boolean(),
  'discovery-refresh-cron': z.string(),
  'last-updated': z.string(),
});
export const SsoConfigWrite = SsoConfigEntity.partial();

export const LoginOptionEntity = z.strictObject({
  type: z.enum(['LOGIN_FORM', 'IDP', 'LEGACY_LOGIN_FORM']),
  id: z.number().int().optional(),
  buttonText: z.string().optional(),
  loginLink: z.string().optional(),
});
export type LoginOptionEntity = z.infer<typeof LoginOptionEntity>;

/** Every list of the SSO app. */
export interface SsoPage<Item> {
  readonly results: readonly Item[];
  readonly size: number;
  readonly start: number;
  readonly limit: number;
  readonly isLastPage: boolean;
}
