import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { initialData } from './initial-data.js';
import type { UserRow } from './rows.js';
import { Sessions } from './sessions.js';
import { Store } from './store.js';

const hour = 60 * 60 * 1000;

describe('sessions', () => {
  let store: Store;
  let sessions: Sessions;
  let user: UserRow;
  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    store = new Store(undefined, initialData);
    sessions = new Sessions(store, (key) => store.tables.users.get(key));
    user = [...store.tables.users.values()][0]!;
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('open nothing for a user who is inactive, even if nobody ended them', () => {
    const [session, remember] = [sessions.begin(user), sessions.remember(user)];
    store.commit({ table: 'users', key: user.key, value: { ...user, active: false } });
    expect(sessions.userOf(session)).toBeUndefined();
    expect(sessions.rememberedUserOf(remember)).toBeUndefined();
  });

  it('end after their time, a remembered login later, and are then swept away', () => {
    const [session, remember] = [sessions.begin(user), sessions.remember(user)];
    jest.setSystemTime(9 * hour);
    expect(sessions.userOf(session)).toBeUndefined();
    expect(sessions.rememberedUserOf(remember)).toEqual(user);
    jest.setSystemTime(15 * 24 * hour);
    expect(sessions.rememberedUserOf(remember)).toBeUndefined();
    sessions.begin(user);
    expect([sessions.count(), store.tables.remembered.size]).toEqual([1, 0]);
  });

  it('cannot be used for one another, nor guessed from the data', () => {
    const [session, remember] = [sessions.begin(user), sessions.remember(user)];
    expect(sessions.userOf(remember)).toBeUndefined();
    expect(sessions.rememberedUserOf(session)).toBeUndefined();
    for (const stored of store.tables.sessions.keys()) expect(sessions.userOf(stored)).toBeUndefined();
    expect(JSON.stringify(store.tables.snapshot())).not.toContain(session);
  });
});
