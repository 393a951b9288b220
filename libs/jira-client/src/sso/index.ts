export { SsoApp } from './http.sso-app.js';
export type { IdpChange, IdpConfig, SsoConfig } from './sso-app.js';
