export * from './jira-client.js';
