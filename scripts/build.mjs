import { prepare } from './prepare.mjs';
import { fail } from './project.mjs';

await prepare().catch(fail);
