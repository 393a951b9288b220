import { currentTraceId } from '@gatehouse/telemetry';
import { limitsOf } from './edge-options.js';
import type { EdgeOptions } from './edge-options.js';
import { failureAnswer } from './failure-answer.js';
import { Passage } from './passage.js';
import { headersPassedOn } from './request-headers.js';

/** Everything that is not ours, to Jira. */
export function passageToJira(options: EdgeOptions): Passage {
  return new Passage({
    upstream: options.jiraUrl,
    name: 'Jira',
    limits: limitsOf(options),
    logger: options.logger,
    headers: ({ headers, socket }) => headersPassedOn({ headers, remoteAddress: socket.remoteAddress }, options),
    failure: ({ headers }, status) => failureAnswer({ status, reference: currentTraceId(), accept: headers.accept }),
  });
}
