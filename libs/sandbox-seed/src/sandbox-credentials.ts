/** The sandbox identity provider's one pool; its issuer ends with it. */
export const sandboxPoolId = 'local_Sandbox';

/** The two providers are two clients of that pool. Anyone may know these: production refuses the sandbox. */
export const sandboxClients = {
  cognito: { clientId: 'sandbox-cognito-client', clientSecret: 'sandbox-cognito-secret' },
  partner: { clientId: 'sandbox-partner-client', clientSecret: 'sandbox-partner-secret' },
} as const;

export type SandboxProvider = keyof typeof sandboxClients;

/** With which the two providers push people and groups. */
export const sandboxScimTokens: Readonly<Record<SandboxProvider, string>> = {
  cognito: 'sandbox-scim-token',
  partner: 'sandbox-scim-token-b',
};
