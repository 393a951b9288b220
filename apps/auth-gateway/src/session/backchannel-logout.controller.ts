import { Controller, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BackchannelLogout } from './backchannel-logout.service.js';

const retryAfterSeconds = 2;

/** Machines only: no page, no cookie, and nothing in an answer that an attacker could learn from. */
@Controller()
export class BackchannelLogoutController {
  constructor(private readonly logout: BackchannelLogout) {}

  /** Back-Channel Logout 1.0, 2.5 and 2.8. */
  @Post('backchannel-logout/:provider')
  @HttpCode(200)
  async receive(
    @Param('provider') provider: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    void reply.header('cache-control', 'no-store');
    const token = tokenOf(request);
    if (token === undefined) return refuse(reply, 400, 'invalid_request', 'logout_token is missing');
    const outcome = await this.logout.receive(provider, token);
    switch (outcome.kind) {
      case 'ended':
        await reply.status(200).send();
        return;
      case 'refused':
        return refuse(reply, 400, 'invalid_request', 'the logout token was not accepted');
      case 'busy':
        return busy(reply, 429);
      case 'unavailable':
        return busy(reply, 503);
    }
  }
}

function tokenOf({ headers, body }: FastifyRequest): string | undefined {
  const isForm = headers['content-type']?.split(';')[0]?.trim().toLowerCase() === 'application/x-www-form-urlencoded';
  if (!isForm || typeof body !== 'object' || body === null) return undefined;
  const token: unknown = Reflect.get(body, 'logout_token');
  return typeof token === 'string' && token !== '' ? token : undefined;
}

async function busy(reply: FastifyReply, status: 429 | 503): Promise<void> {
  void reply.header('retry-after', String(retryAfterSeconds));
  await refuse(reply, status, 'temporarily_unavailable', 'try again');
}

async function refuse(reply: FastifyReply, status: number, error: string, description: string): Promise<void> {
  await reply.status(status).type('application/json').send({ error, error_description: description });
}
