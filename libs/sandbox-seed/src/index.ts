export * from './sandbox-credentials.js';
export * from './seed-document.js';
