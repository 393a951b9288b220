import 'reflect-metadata';
import { runProcess } from '@gatehouse/runtime';
import { consoleService } from './service.js';

await runProcess([consoleService]);
