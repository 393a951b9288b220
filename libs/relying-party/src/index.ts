export * from './classify-answer-error.js';
export * from './jwks-cache.js';
export * from './login-secret.js';
export * from './merge-claims.js';
export * from './provider-connection.js';
export * from './provider.client.js';
