export * from './config.js';
export * from './environment.js';
export * from './load-config.js';
export * from './ports.js';
export * from './secret-text.js';
