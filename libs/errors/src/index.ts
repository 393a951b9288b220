export * from './errors.js';
export * from './codes.js';
