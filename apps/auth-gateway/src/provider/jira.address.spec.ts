import { afterEach, describe, expect, it } from '@jest/globals';
import { loadConfig } from '@gatehouse/config';
import { OutageError } from '@gatehouse/errors';
import { JiraClient } from '@gatehouse/jira-client';
import type { JiraServerInfo } from '@gatehouse/jira-client';
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
  counted = () => {
    throw new Error('not expected');
  };
}

async function unexpected(): Promise<never> {
  throw new Error('not expected');
}

const away = new OutageError('jira.unreachable', 'Jira did not answer');
const environment = { SANDBOX: 'off', JIRA_URL: 'http://jira.internal:8080', JIRA_TOKEN: 'token' };

describe("Jira's address", () => {
  let address: JiraAddress;
  const create = (jira: JiraClient, variables = {}) =>
    (address = new JiraAddress(loadConfig({ ...environment, ...variables }), createLogger('silent'), jira));

  afterEach(() => address.onModuleDestroy());

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

  it('is asked for on demand', async () => {
    create(new AnsweringJira([{ baseUrl: 'https://jira.example/', version: '10.3.0' }]));
    expect(await address.find()).toBe('https://jira.example');
  });

  it('is never anything but a web address', async () => {
    create(new AnsweringJira([{ baseUrl: 'javascript:alert(1)', version: '10.3.0' }]));
    expect(await address.find()).toBeUndefined();
  });
});
