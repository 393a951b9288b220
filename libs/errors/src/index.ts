export * from './errors.js';
export * from './codes.js';
export * from './failure-class.js';
