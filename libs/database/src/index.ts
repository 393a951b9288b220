export * from './data-source.js';
export * from './database-is-away.js';
export * from './embedded/index.js';
export * from './encryption-key.js';
export * from './encryption.js';
export * from './entities/index.js';
export * from './live-config.js';
export * from './notifications.js';
