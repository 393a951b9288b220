import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { expect, it } from '@jest/globals';
import { logoutEvent } from '@gatehouse/relying-party';
import { waitFor } from '@gatehouse/testing';
import { GatewayFixture } from '../gateway.fixture.js';

it('O48 a provider whose keys do not come takes no place of the others, whose logout tokens still end sessions', async () => {
  const gateway = await GatewayFixture.start({ providers: ['company', 'noisy'] });
  const held: ServerResponse[] = [];
  try {
    const answers = { noisy: [] as number[], company: [] as number[] };
    const post = async (provider: keyof typeof answers) => {
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: gateway.idp.issuer, aud: 'gateway', iat: now, exp: now + 120, jti: randomUUID(), sub: 'x' };
      const token = await gateway.idp.sign({ ...claims, events: { [logoutEvent]: {} } }, { typ: 'logout+jwt' });
      const body = new URLSearchParams({ logout_token: token });
      const answer = await fetch(`${gateway.publicUrl}/backchannel-logout/${provider}`, { method: 'POST', body });
      answers[provider].push(answer.status);
    };
    await post('company');
    expect(answers.company).toEqual([200]); // Its keys are known from here on.
    gateway.idp.intercept = (request, response) => request.url === '/jwks' && held.push(response) > 0;

    const noise = Promise.all(Array.from({ length: 120 }, () => post('noisy')));
    await waitFor(() => answers.noisy.length === 70, { what: 'what is too much to be turned away' });
    await post('company');

    expect(new Set(answers.noisy)).toEqual(new Set([429]));
    expect(answers.company).toEqual([200, 200]);
    for (const response of held) response.writeHead(500).end();
    await noise;
    expect(answers.noisy.filter((status) => status === 503)).toHaveLength(50);
  } finally {
    await gateway.stop();
  }
});
