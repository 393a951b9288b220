export { createEdge } from './edge.js';
export type { Edge } from './edge.js';
export type { EdgeLimits, EdgeOptions } from './edge-options.js';
