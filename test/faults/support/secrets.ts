export const adminToken = 'fault-test-admin-token-0123456789';
/** Of the sandbox Jira's administrator. */
export const jiraToken = 'sandbox-admin-token';
/** Another one of the same administrator. */
export const secondJiraToken = 'sandbox-second-admin-token';
/** What the provider knows the client `cognito` by once its secret was rotated. */
export const rotatedClientSecret = 'sandbox-cognito-rotated-secret';
/** Of the sandbox's two clients at its identity provider. */
export const clientSecrets = ['sandbox-cognito-secret', 'sandbox-partner-secret', rotatedClientSecret];
