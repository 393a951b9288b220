import { describe, expect, it } from '@jest/globals';
import { jobOptions, workerOptions } from './bullmq-options.js';

describe('what BullMQ is told', () => {
  it('keeps no completed job, and failed ones by age: whatever else is kept is read at each completion', () => {
    expect(jobOptions({ triggerId: 'work/1', job: 'work', payload: {} }).removeOnComplete).toBe(true);
    expect(Object.keys(workerOptions.removeOnFail)).toEqual(['age']);
  });

  it('gives each job an id of its own, because a finished one that is kept would swallow the next', () => {
    const trigger = { triggerId: 'work/1', job: 'work', payload: {} };
    expect(jobOptions(trigger).jobId).not.toBe(jobOptions(trigger).jobId);
    expect(jobOptions(trigger).deduplication).toEqual({ id: 'work/1', keepLastIfActive: true });
  });
});
