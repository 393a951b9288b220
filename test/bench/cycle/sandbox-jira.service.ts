/** The sandbox's Jira in a process of its own. */
import { startSandboxJira } from '../../../apps/sandbox/src/jira/index.js';
import { tellPort } from '../login/shape.js';

tellPort((await startSandboxJira()).port);
