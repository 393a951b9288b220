import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
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
      turns.expectUrgent(1_000);
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

  it('lets whoever signs in go first between two steps of a job, until their sign-in is over', async () => {
    const turns = new Turns();
    let endLogin: () => void = () => undefined;
    const login = turns.run('interactive', () => new Promise<void>((resolve) => (endLogin = resolve)));
    const gaveWay = turns.giveWay('provisioning').then(() => 'next step');
    expect(await Promise.race([gaveWay, delay(60, 'still waiting')])).toBe('still waiting');
    endLogin();
    await login;
    expect(await gaveWay).toBe('next step');
  });

  it('gives way no longer than a moment, however long somebody signs in', async () => {
    const turns = new Turns();
    void turns.run('interactive', () => new Promise(() => undefined));
    await turns.giveWay('bulk');
  });

  it('gives way to nobody in a lane that somebody waits for, and to nobody when nobody signs in', async () => {
    const turns = new Turns();
    expect(await atOnce(turns.giveWay('bulk'))).toBe('at once');
    void turns.run('interactive', () => new Promise(() => undefined));
    expect(await atOnce(turns.giveWay('offboarding'))).toBe('at once');
    expect(await atOnce(turns.giveWay('interactive'))).toBe('at once');
  });

  it('is quiet until somebody is expected', () => {
    const turns = new Turns();
    expect(turns.isQuiet).toBe(true);
    turns.expectUrgent(0);
    expect(turns.isQuiet).toBe(false);
  });

  /** Before any timer, that is. */
  const atOnce = (waited: Promise<void>) => Promise.race([waited.then(() => 'at once'), delay(0, 'later')]);
});
