import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { HttpBrowser } from '@gatehouse/testing';
import { plain } from '@gatehouse/testing';
import { AttackedGateway } from '../testing/attacked-gateway.fixture.js';
import { restoreClock, shiftClock } from '../testing/clock.fixture.js';
import { expectArrived, expectErrorPage } from '../testing/refusal.fixture.js';

describe('P01 a person whom Jira turns away and sends back at once', () => {
  let attacked: AttackedGateway;

  beforeAll(async () => {
    attacked = await AttackedGateway.start();
    await attacked.introduce('ada');
  });
  afterEach(restoreClock);
  afterAll(() => attacked.stop());

  const sentBack = (browser: HttpBrowser) => browser.get(`${attacked.gateway.jira.origin}/login`);

  async function signedIn(): Promise<HttpBrowser> {
    const { browser } = await attacked.attempt();
    browser.forget(/round_trips$/); // It signed in with its own hands, some time ago.
    return browser;
  }

  it('is stopped after two round trips, on one page that leads nowhere by itself', async () => {
    const browser = await signedIn();
    expectArrived(attacked, await sentBack(browser));
    expectArrived(attacked, await sentBack(browser));
    const codes = attacked.gateway.jira.codes.length;

    const page = await sentBack(browser);

    expectErrorPage(page, 'login.going_in_circles');
    expect(page.status).toBe(429);
    expect(plain(page.body)).toContain('Sign out and try another');
    expect(attacked.gateway.jira.codes.length).toBe(codes);
  });

  it('goes on from there with a press, to where that tab was going', async () => {
    const browser = await signedIn();
    await sentBack(browser);
    await sentBack(browser);
    const page = await sentBack(browser);

    expectArrived(attacked, await browser.click(page, 'Try again'));
  });

  it('is not stopped half a minute later', async () => {
    const browser = await signedIn();
    await sentBack(browser);
    await sentBack(browser);
    shiftClock(31_000);

    expectArrived(attacked, await sentBack(browser));
  });
});
