import 'reflect-metadata';
import { runProcess } from '@gatehouse/runtime';
import { authGateway } from './service.js';

await runProcess([authGateway]);
