export * from './answer-error.js';
export * from './check-provider.js';
export * from './claims-problem.js';
export * from './connect-provider.js';
export * from './login-secret.js';
export * from './merge-claims.js';
export * from './provider-connection.js';
export type { KeyNotice } from './signing-keys.js';
