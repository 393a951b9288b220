export * from './cookie.js';
export * from './html.js';
export * from './is-same-origin.js';
export * from './stylesheet.js';
