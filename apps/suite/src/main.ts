import 'reflect-metadata';
import { runProcess } from '@gatehouse/runtime';
import { allServices } from './services.js';

await runProcess(allServices);
