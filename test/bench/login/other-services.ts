/**
 * Everything of an installation but the gateway, in one process beside it, so that what a login starts is worked off
 * as in production: claim-mapping, group-sync, and a Jira for group-sync to write to.
 */
import 'reflect-metadata';
import { run } from '@gatehouse/runtime';
import { claimMapping } from '../../../apps/claim-mapping/src/service.js';
import { groupSync } from '../../../apps/group-sync/src/service.js';
import { startSandboxJira } from '../../../apps/sandbox/src/jira/index.js';
import { tellPort } from './shape.js';

const sandboxJira = await startSandboxJira();
await run([claimMapping, groupSync], { ...process.env, JIRA_URL: sandboxJira.url });
tellPort(sandboxJira.port);
