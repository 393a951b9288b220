export * from './logger.js';
export * from './nest-logger.js';
export * from './trace.js';
export * from './metrics.js';
export * from './version.js';
