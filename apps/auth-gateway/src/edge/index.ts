export { createEdge } from './edge.js';
export { entryLengthMax, entryParameter } from './entry-path.js';
export type { FailureAnswer, FailureStatus } from './failure-answer.js';
export { isJiraSessionCookie } from './jira-sign-out.js';
export { Passage } from './passage.js';
export { headersPassedOn } from './request-headers.js';
export { removeOwnCookies } from './remove-own-cookies.js';
export type { Edge } from './edge.js';
export type { AfterJiraSignOut, EdgeLimits } from './edge-options.js';
