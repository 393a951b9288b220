export * from './test-database.js';
export * from './http-browser.js';
