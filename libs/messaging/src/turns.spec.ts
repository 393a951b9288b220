import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Lane } from '@gatehouse/contracts';
import { Turns } from './turns.js';

const many = 20;

describe('turns', () => {
  /** Runs jobs of a lane and returns the most that ran at once. */
  const mostAtOnce = async (turns: Turns, lane: 'provisioning' | 'bulk', jobs: number): Promise<number> => {
    let running = 0;
    let most = 0;
    const job = async () => {
      most = Math.max(most, (running += 1));
      await delay(5);
      running -= 1;
    };
    await Promise.all(Array.from({ length: jobs }, () => turns.run(lane, job)));
    return most;
  };

  it.each(['provisioning', 'bulk'] as const)('runs %s jobs side by side while nobody signs in', async (lane) => {
    expect(await mostAtOnce(new Turns(), lane, many)).toBe(many);
  });

  it.each(['provisioning', 'bulk'] as const)(
    'runs %s jobs one by one beside a login, and never stops them',
    async (lane) => {
      const turns = new Turns();
      let endLogin: () => void = () => undefined;
      const login = turns.run('interactive', () => new Promise<void>((resolve) => (endLogin = resolve)));
      expect(await mostAtOnce(turns, lane, 5)).toBe(1);
      endLogin();
      await login;
    },
  );

  it.each(['provisioning', 'bulk'] as const)(
    'runs %s jobs one by one as soon as somebody is known to sign in',
    async (lane) => {
      const turns = new Turns();
      turns.expectUrgent();
      expect(await mostAtOnce(turns, lane, 5)).toBe(1);
    },
  );

  it('never lets a login or a deactivation wait for anything', async () => {
    const turns = new Turns();
    const bulk = turns.run('bulk', () => delay(50, 'bulk'));
    const urgent = (['offboarding', 'interactive'] as const).map((lane) =>
      turns.run(lane, () => Promise.resolve(lane)),
    );
    const first = await Promise.race([bulk, Promise.all(urgent)]);
    expect(first).toEqual(['offboarding', 'interactive']);
    await bulk;
  });

  it('gives back what the job gives, also when it fails', async () => {
    const turns = new Turns();
    await expect(turns.run('interactive', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(turns.run('bulk', () => Promise.resolve(7))).resolves.toBe(7);
  });

  it('does not let two jobs that wait for somebody outside hold up the others', async () => {
    const turns = new Turns();
    turns.expectUrgent();
    for (let n = 0; n < 2; n += 1) void turns.run('bulk', () => new Promise(() => undefined));
    expect(await turns.run('bulk', () => Promise.resolve('done'))).toBe('done');
  });

  it('lets whoever signs in go first between two steps of a job, until their sign-in is over', async () => {
    const turns = new Turns();
    let endLogin: () => void = () => undefined;
    let login: Promise<void> | undefined;
    const steps: string[] = [];
    const job = turns.run('provisioning', async ({ giveWay }) => {
      login = turns.run('interactive', () => new Promise<void>((resolve) => (endLogin = resolve)));
      await giveWay();
      steps.push('next step');
    });
    await delay(60);
    expect(steps).toEqual([]);
    endLogin();
    await login;
    await job;
    expect(steps).toEqual(['next step']);
  });

  it('gives way no longer than a moment in all of a run, and does not call it work', async () => {
    const turns = new Turns();
    const waitedMs = await turns.run('bulk', async (turn) => {
      void turns.run('interactive', () => new Promise(() => undefined));
      for (let step = 0; step < 5; step += 1) await turn.giveWay();
      return turn.waitedMs;
    });
    expect(waitedMs).toBeGreaterThanOrEqual(150);
    expect(waitedMs).toBeLessThan(450); // Once is 150, and five times would be 750.
  });

  it('gives way to nobody in a lane that somebody waits for, and to nobody when nobody signs in', async () => {
    const turns = new Turns();
    const waitedIn = (lane: Lane) =>
      turns.run(lane, async (turn) => {
        await turn.giveWay();
        return turn.waitedMs;
      });
    expect(await waitedIn('bulk')).toBeLessThan(20);
    void turns.run('interactive', () => new Promise(() => undefined));
    expect([await waitedIn('offboarding'), await waitedIn('interactive')]).toEqual([0, 0]);
  });

  it('is quiet until somebody is expected', () => {
    const turns = new Turns();
    expect(turns.isQuiet).toBe(true);
    turns.expectUrgent();
    expect(turns.isQuiet).toBe(false);
  });
});
