export * from './jira-client.js';
export * from './http.jira-client.js';
export * from './http.jira-reader.js';
export * from './jira-client.module.js';
export * from './jira-reader.js';
export * from './sso/index.js';
export * from './traffic/jira-traffic.js';
