export { createEdge } from './edge.js';
export type { Edge } from './edge.js';
export type { EdgeLimits } from './edge-options.js';
