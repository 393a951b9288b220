export * from './directory-users.js';
export * from './directory-groups.js';
export * from './membership-changes.js';
export * from './directory-people.js';
export { Cleanups } from './cleanup/cleanups.store.js';
export type { CleanupRules } from './cleanup/cleanups.store.js';
export * from './cleanup/cleanup-runner.service.js';
export type { Commit } from './run.js';
