export * from './free-port.js';
export * from './http-browser.js';
export * from './test-database.js';
export * from './wait-for.js';
export * from './scale.js';
export * from './redis-server.js';
export * from './test-redis.js';
