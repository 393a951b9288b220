import { describe, expect, it } from '@jest/globals';
import { followThing, workOnThing } from '../test/scripted.js';
import { handlerProblems } from './handler-problems.js';

const jobs = [workOnThing, followThing];
const work = { pattern: 'work-on-thing', handlerClass: 'Work' };
const follow = { pattern: 'follow-thing', handlerClass: 'Follow' };

describe('exactly one handler for each job', () => {
  it.each([
    { registered: [work, follow], services: ['claim-mapping', 'group-sync'], problems: 0 },
    { registered: [work], services: ['claim-mapping'], problems: 0 },
    { registered: [], services: ['auth-gateway'], problems: 0 },
    { registered: [work], services: ['claim-mapping', 'group-sync'], problems: 1 },
    { registered: [work, work], services: ['claim-mapping'], problems: 1 },
    { registered: [work, follow], services: ['claim-mapping'], problems: 1 },
    { registered: [follow, follow], services: ['claim-mapping'], problems: 2 },
  ] as const)('finds $problems problems with $registered in $services', ({ registered, services, problems }) => {
    expect(handlerProblems(jobs, services, registered)).toHaveLength(problems);
  });
});
