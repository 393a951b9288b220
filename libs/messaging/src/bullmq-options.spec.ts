import { describe, expect, it } from '@jest/globals';
import { jobOptions, workerOptions } from './bullmq-options.js';

describe('what BullMQ is told', () => {
  it('keeps finished jobs by age and never by count, which halves the throughput on PostgreSQL', () => {
    expect(Object.keys(workerOptions.removeOnComplete)).toEqual(['age']);
    expect(Object.keys(workerOptions.removeOnFail)).toEqual(['age']);
  });

  it('gives each job an id of its own, because a finished one that is kept would swallow the next', () => {
    const trigger = { triggerId: 'work/1', job: 'work', payload: {} };
    expect(jobOptions(trigger).jobId).not.toBe(jobOptions(trigger).jobId);
    expect(jobOptions(trigger).deduplication).toEqual({ id: 'work/1', keepLastIfActive: true });
  });
});
