import 'reflect-metadata';
import { runProcess } from '@gatehouse/runtime';
import { claimMapping } from './service.js';

await runProcess([claimMapping]);
