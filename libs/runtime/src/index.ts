export { withoutBasePath } from './front-server.js';
export { clientHeader, signedClient } from './gateway-hop.js';
export { PROCESS_SERVICES } from './process-services.js';
export * from './run.js';
export * from './run-process.js';
export * from './serve-without-upgrade.js';
export * from './service.js';
export * from './start-failure.js';
