import 'reflect-metadata';
import { runProcess } from '@gatehouse/runtime';
import { scimIngest } from './service.js';

await runProcess([scimIngest]);
