import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { AdapterPayload } from 'oidc-provider';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import { OpenIdProvider } from './openid-provider.js';
import { OpModelStore } from './op-model.store.js';

/** An authorization request of Jira that waits for somebody to sign in. */
export interface PendingLogin {
  readonly uid: string;
  /** True: a living session is not enough, Jira wants the person to prove again who they are. */
  readonly reauthenticate: boolean;
  readonly maxAgeSeconds: number | undefined;
  readonly loginHint: string | undefined;
  /** How often a finished sign-in was sent back here; more than a few is a loop. */
  readonly passes: number;
}

const uidPattern = /^[A-Za-z0-9_-]{1,64}$/;
const loginHintLengthMax = 320;

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

/** @param kept as the OP stored it */
export function pendingLogin(uid: string, { params = {}, prompt, lastSubmission }: AdapterPayload): PendingLogin {
  const reasons = prompt?.reasons ?? [];
  const reauthenticate = reasons.some((reason) => reason === 'login_prompt' || reason === 'max_age');
  const maxAge = Number(params['max_age']);
  const hint = params['login_hint'];
  const passes = lastSubmission?.['passes'];
  return {
    uid,
    reauthenticate,
    maxAgeSeconds: params['max_age'] !== undefined && Number.isSafeInteger(maxAge) ? maxAge : undefined,
    loginHint: typeof hint === 'string' && hint.length <= loginHintLengthMax ? hint : undefined,
    passes: typeof passes === 'number' ? passes : 0,
  };
}

/** What the OP is told of a finished sign-in, but for the account. */
export function interactionResult({ passes }: Pick<PendingLogin, 'passes'>, authenticatedAt: Date) {
  return { login: { ts: Math.floor(authenticatedAt.getTime() / 1000), remember: false }, passes: passes + 1 };
}
