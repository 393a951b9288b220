import * as consoleEntities from './console.entities.js';
import * as gatewayEntities from './gateway.entities.js';
import * as mappingEntities from './mapping.entities.js';
import * as syncEntities from './sync.entities.js';

export * from './console.entities.js';
export * from './gateway.entities.js';
export * from './mapping.entities.js';
export * from './sync.entities.js';

/** Listed, not found by a glob: the same list in the build, in tests and in tools. */
export const entities = [consoleEntities, gatewayEntities, mappingEntities, syncEntities].flatMap((module) =>
  Object.values<new () => object>(module),
);
