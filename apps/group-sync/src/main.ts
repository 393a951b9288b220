import 'reflect-metadata';
import { runProcess } from '@gatehouse/runtime';
import { groupSync } from './service.js';

await runProcess([groupSync]);
