import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { loadConfig } from '@gatehouse/config';
import { OutageError } from '@gatehouse/errors';
import { JiraClient } from '@gatehouse/jira-client';
import type { JiraServerInfo } from '@gatehouse/jira-client';
import type { Breakers } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/telemetry';
import { waitFor } from '@gatehouse/testing';
import { JiraAddress } from './jira.address.js';

/** Only what is asked here; everything else would be a mistake. */
class AnsweringJira extends JiraClient {
  asked = 0;

  constructor(private readonly answers: (JiraServerInfo | Error)[]) {
    super();
  }

  async serverInfo(): Promise<JiraServerInfo> {
    const answer = this.answers[Math.min(this.asked++, this.answers.length - 1)]!;
    if (answer instanceof Error) throw answer;
    return answer;
  }

  findUser = unexpected;
  createUser = unexpected;
  updateUser = unexpected;
  addToGroup = unexpected;
  removeFromGroup = unexpected;
  createGroup = unexpected;
  findUsersByEmail = unexpected;
  userProperties = unexpected;
  setUserProperty = unexpected;
  removeUserProperty = unexpected;
  setActive = unexpected;
  removeUser = unexpected;
  renameUser = unexpected;
  endSessions = unexpected;
  probe = unexpected;
  groupMembers = () => {
    throw new Error('not expected');
  };
  counted = () => {
    throw new Error('not expected');
  };
}

async function unexpected(): Promise<never> {
  throw new Error('not expected');
}

const away = new OutageError('jira.unreachable', 'Jira did not answer');
const environment = { SANDBOX: 'off', JIRA_URL: 'http://jira.internal:8080', JIRA_TOKEN: 'token' };

/** What this process knows of the breaker, and what it told it. */
const breaker = {
  holdsOff: false,
  isLookedAfter: false,
  told: [] as unknown[],
  trip: (error: unknown) => void breaker.told.push(error),
};
const breakers = { of: () => breaker };

describe("Jira's address", () => {
  let address: JiraAddress;
  const create = (jira: JiraClient, variables = {}) =>
    (address = new JiraAddress(
      loadConfig({ ...environment, ...variables }),
      createLogger('silent'),
      jira,
      breakers as unknown as Breakers,
    ));

  afterEach(() => {
    address.onModuleDestroy();
    breaker.holdsOff = false;
    breaker.isLookedAfter = false;
    breaker.told = [];
  });

  it('is what the configuration says, without asking', async () => {
    const jira = new AnsweringJira([away]);
    create(jira, { JIRA_PUBLIC_URL: 'https://jira.example/jira/' }).onModuleInit();
    expect(await address.find()).toBe('https://jira.example/jira');
    expect(jira.asked).toBe(0);
  });

  it('is picked up later when Jira is away at first', async () => {
    create(new AnsweringJira([away, { baseUrl: 'https://jira.example', version: '10.3.0' }])).onModuleInit();
    expect(address.known).toBeUndefined();
    await waitFor(() => address.known, { what: 'the address' });
    expect(address.known).toBe('https://jira.example');
  });

  it('is asked for on demand, sooner than the background would, once Jira is back', async () => {
    const answers: (JiraServerInfo | Error)[] = [away, away, away];
    const jira = new AnsweringJira(answers);
    create(jira).onModuleInit();
    await waitFor(() => jira.asked === 3, { what: 'the pause before the next question to be long' });
    answers.push({ baseUrl: 'https://jira.example', version: '10.3.0' });
    // Its own next question comes 5 s after the last; people are answered within the 2 s they wait at most.
    expect(await address.find()).toBe('https://jira.example');
    expect(jira.asked).toBe(4);
  });

  it('is asked for on demand', async () => {
    create(new AnsweringJira([{ baseUrl: 'https://jira.example/', version: '10.3.0' }]));
    expect(await address.find()).toBe('https://jira.example');
  });

  it.each([
    { id: 'F13', fault: new OutageError('jira.rate_limited', 'x', { retryAfterMs: 60_000 }) },
    { id: 'F18', fault: new OutageError('jira.credentials_refused', 'x') },
  ])('$id is not asked for again in the time that Jira asked for, however many people come', async ({ fault }) => {
    const jira = new AnsweringJira([fault]);
    create(jira);
    for (let person = 0; person < 5; person += 1) expect(await address.find()).toBeUndefined();
    expect(jira.asked).toBe(1);
    expect(breaker.told).toEqual([fault]);
  });

  it('F18 is not asked for while a worker looks after the breaker, and picked up when it closes', async () => {
    const jira = new AnsweringJira([{ baseUrl: 'https://jira.example', version: '10.3.0' }]);
    breaker.holdsOff = true;
    create(jira);
    expect(await address.find()).toBeUndefined();
    expect(jira.asked).toBe(0);
    breaker.holdsOff = false;
    await waitFor(() => address.known, { what: 'the address' });
  });

  it('F14 is not asked for again while Jira is away', async () => {
    const jira = new AnsweringJira([{ baseUrl: 'https://jira.example', version: '10.3.0' }, away]);
    create(jira);
    await address.find();
    breaker.isLookedAfter = true;
    address.onModuleInit();
    await delay(100);
    expect([await address.find(), jira.asked]).toEqual(['https://jira.example', 1]);

    breaker.isLookedAfter = false;
    await waitFor(() => jira.asked === 2, { what: 'it to be asked again' });
  });

  it('is never anything but a web address', async () => {
    create(new AnsweringJira([{ baseUrl: 'javascript:alert(1)', version: '10.3.0' }]));
    expect(await address.find()).toBeUndefined();
  });
});
