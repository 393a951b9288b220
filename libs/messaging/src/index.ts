export { Handles } from './handles.js';
export type { JobContext } from './job-context.js';
export { Messaging } from './messaging.js';
export type { MessagingOptions } from './messaging.js';
export { MessagingModule } from './messaging.module.js';
export { Outbox } from './outbox.js';
export { ParkedJobs } from './parked-jobs.js';
export { RawQueues } from './raw-queues.js';
export { Traces } from './traces.js';
