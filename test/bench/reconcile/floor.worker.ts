/**
 * The floor of draining: BullMQ with the same number of jobs at once, each of which asks Jira as often as a run of ours,
 * and does nothing else. Adds its own jobs when it is told how many, and tells when they are done.
 */
import { workerOptions } from '../../../libs/messaging/src/bullmq-options.js';
import { bareDrainOnRedis } from '../../../libs/messaging/test/bare-bullmq.js';
import { required, tellPort } from '../login/shape.js';
import { keyOf, personName } from './people.js';

const jira = required('JIRA_URL');
const headers = { accept: 'application/json', authorization: `Bearer ${required('JIRA_TOKEN')}` };
const floor = await bareDrainOnRedis(required('REDIS_URL'), workerOptions.concurrency, read);

process.on('message', (message: { readonly jobs?: number }) => {
  if (message.jobs !== undefined) void floor.drain(message.jobs).then(() => tellPort(0));
});
tellPort(1);

async function read(index: number): Promise<void> {
  const answer = await fetch(`${jira}/rest/api/2/user?key=${keyOf(index)}&expand=groups`, { headers });
  const user = (await answer.json()) as { name: string };
  if (user.name !== personName(index)) throw new Error('somebody else');
}
