import 'reflect-metadata';
import { runProcess } from '@gatehouse/runtime';
import { sandbox } from './service.js';

await runProcess([sandbox]);
