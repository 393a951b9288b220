import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type Provider from 'oidc-provider';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import { OpenIdProvider } from './openid-provider.js';
import { OpModelStore } from './op-model.store.js';

type OpInteraction = InstanceType<Provider['Interaction']>;

/** An authorization request of Jira that waits for somebody to sign in. */
export interface PendingLogin {
  readonly uid: string;
  /** True: a living session is not enough, Jira wants the person to prove again who they are. */
  readonly reauthenticate: boolean;
  readonly maxAgeSeconds: number | undefined;
  readonly loginHint: string | undefined;
  /** How often a finished sign-in was sent back here; more than a few is a loop. */
  readonly passes: number;
  readonly interaction: OpInteraction;
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
    const interaction = uidPattern.test(uid) ? await this.op.library.Interaction.find(uid) : undefined;
    return interaction && pendingLogin(interaction);
  }

  /**
   * Hands the signed-in account to the OP and lets go of whatever OP session the browser had: the next one
   * belongs to this account, and the OP would otherwise ask whether to sign the former one out.
   * @returns where the browser goes on
   */
  async finish(
    { interaction, passes }: PendingLogin,
    signedIn: { accountId: string; authenticatedAt: Date },
    reply: FastifyReply,
  ): Promise<string> {
    const opSession = interaction.session?.uid;
    if (opSession !== undefined) await this.models.deleteOpSession(opSession);
    interaction.session = undefined;
    interaction.result = {
      login: {
        accountId: signedIn.accountId,
        ts: Math.floor(signedIn.authenticatedAt.getTime() / 1000),
        remember: false,
      },
      passes: passes + 1,
    };
    await interaction.persist();
    this.cookies.clearOpSession(reply);
    this.cookies.clearOpInteraction(reply, interaction.uid);
    return interaction.returnTo;
  }
}

function pendingLogin(interaction: OpInteraction): PendingLogin {
  const { params, prompt, lastSubmission } = interaction;
  const reauthenticate = prompt.reasons.some((reason) => reason === 'login_prompt' || reason === 'max_age');
  const maxAge = Number(params['max_age']);
  const hint = params['login_hint'];
  const passes = lastSubmission?.['passes'];
  return {
    uid: interaction.uid,
    reauthenticate,
    maxAgeSeconds: params['max_age'] !== undefined && Number.isSafeInteger(maxAge) ? maxAge : undefined,
    loginHint: typeof hint === 'string' && hint.length <= loginHintLengthMax ? hint : undefined,
    passes: typeof passes === 'number' ? passes : 0,
    interaction,
  };
}
