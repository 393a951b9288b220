export * from './run.js';
export * from './run-process.js';
export * from './service.js';
export * from './start-failure.js';
