import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import { OpenIdProvider } from './openid-provider.js';
import { OpModelStore } from './op-model.store.js';
import { interactionResult, pendingLogin } from './pending-login.js';
import type { PendingLogin } from './pending-login.js';

const uidPattern = /^[A-Za-z0-9_-]{1,64}$/;

@Injectable()
export class Interactions {
  constructor(
    private readonly op: OpenIdProvider,
    private readonly models: OpModelStore,
    private readonly cookies: GatewayCookies,
  ) {}

  /**
   * The interaction, if this browser started it. Without the check, somebody could start one, have another person
   * sign in to it, and go on as that person.
   */
  async ofBrowser(uid: string, request: IncomingMessage, response: ServerResponse): Promise<PendingLogin | undefined> {
    const { cookies } = this.op.library.createContext(request, response);
    const started = cookies.get(this.cookies.opNames.interaction, { signed: true });
    return started !== undefined && started === uid ? this.find(uid) : undefined;
  }

  /** For a browser that is already bound to it by its own transaction. */
  async find(uid: string): Promise<PendingLogin | undefined> {
    const kept = uidPattern.test(uid) ? await this.models.interaction(uid) : undefined;
    return kept && pendingLogin(uid, kept);
  }

  /** For the choice of a provider that comes next: in no address, which histories and logs would keep. */
  async keepTypedName({ uid }: PendingLogin, name: string): Promise<void> {
    await this.models.keepTypedName(uid, name);
  }

  /**
   * Hands the account of a living session to the OP.
   * @returns where the browser goes on; undefined when the request has expired meanwhile
   */
  async finish(
    pending: PendingLogin,
    signedIn: { accountId: string; authenticatedAt: Date },
    reply: FastifyReply,
  ): Promise<string | undefined> {
    const { login, ...result } = interactionResult(pending, signedIn.authenticatedAt);
    const returnTo = await this.models.resolveInteraction(pending.uid, {
      ...result,
      login: { ...login, accountId: signedIn.accountId },
    });
    this.clearCookies(pending.uid, reply);
    return returnTo;
  }

  /** The OP starts new ones when the browser comes back to it. */
  clearCookies(uid: string, reply: FastifyReply): void {
    this.cookies.clearOpSession(reply);
    this.cookies.clearOpInteraction(reply, uid);
  }
}
