import { z } from 'zod';

/**
 * What we read and write of Jira's bundled SSO app (`/rest/authconfig/1.0`, private API, stable since SSO app 4.2).
 * Unknown fields are dropped. A field that an older build does not know is simply absent in its answers.
 */
export const IdpConfig = z.object({
  id: z.int(),
  name: z.string(),
  enabled: z.boolean().optional(),
  'sso-type': z.enum(['NONE', 'SAML', 'OIDC']).optional().catch(undefined),
  buttonText: z.string().optional(),
  'include-customer-logins': z.boolean().optional(),
  'enable-remember-me': z.boolean().optional(),
  'issuer-url': z.string().optional(),
  'client-id': z.string().optional(),
  'discovery-enabled': z.boolean().optional(),
  'additional-scopes': z.array(z.string()).optional(),
  /** A template, e.g. `${preferred_username}`. */
  'username-claim': z.string().optional(),
  'jit-configuration': z.object({ 'user-provisioning-enabled': z.boolean().optional() }).optional(),
});
export type IdpConfig = z.output<typeof IdpConfig>;

/** The secret is write-only: Jira takes it and never gives it back. */
export type IdpChange = Partial<Omit<IdpConfig, 'id'>> & { readonly 'client-secret'?: string };

export const SsoConfig = z.object({
  'show-login-form': z.boolean().optional(),
  'show-login-form-for-jsm': z.boolean().optional(),
  'enable-authentication-fallback': z.boolean().optional(),
});
export type SsoConfig = z.output<typeof SsoConfig>;

export const IdpPage = z.object({
  results: z.array(IdpConfig),
  isLastPage: z.boolean().optional(),
});
