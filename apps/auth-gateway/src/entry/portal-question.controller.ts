import { Body, Controller, Inject, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { LiveConfigReader } from '@gatehouse/database';
import { isForAgentsOnly } from '@gatehouse/mapping';
import { isSameOrigin } from '@gatehouse/web';
import { goingOnPage } from '../pages/going-on-page.js';
import type { Page } from '../pages/layout.js';
import { portalFormPage, portalQuestionPage, typedNameLengthMax } from '../pages/portal-pages.js';
import { sendPage } from '../pages/send.js';
import { SignInErrorFilter } from '../pages/sign-in-error.filter.js';
import { SignInError } from '../pages/sign-in-error.js';
import { choicePage } from '../pages/sign-in-pages.js';
import { PageSurroundings } from '../pages/surroundings.service.js';
import { Interactions } from '../provider/interactions.service.js';
import type { PendingLogin } from '../provider/pending-login.js';
import { Agents } from './agents.reader.js';
import { offeredProviders, passesMax, SignInStart } from './sign-in.start.js';

/** D7: the name that somebody typed at the customer portal says where to go on, and nothing else. */
@Controller()
@UseFilters(SignInErrorFilter)
export class PortalQuestionController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly liveConfig: LiveConfigReader,
    private readonly interactions: Interactions,
    private readonly agents: Agents,
    private readonly signIn: SignInStart,
    private readonly surroundings: PageSurroundings,
  ) {}

  @Post('login/:interaction')
  async answer(
    @Param('interaction') uid: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // Another site must not begin a sign-in with a name of its choice.
    const isOurs = isSameOrigin(request.headers, this.config.publicUrl.origin);
    const pending = isOurs ? await this.interactions.ofBrowser(uid, request.raw, reply.raw) : undefined;
    if (!pending) throw new SignInError('login.interaction_expired');
    if (pending.passes >= passesMax) throw new SignInError('login.going_in_circles');
    await sendPage(reply, await this.pageFor(pending, typedName(body), request, reply));
  }

  private async pageFor(
    pending: PendingLogin,
    name: string | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Page> {
    const { uid: interaction } = pending;
    const { document } = await this.liveConfig.current();
    const around = this.surroundings.current();
    const choices = offeredProviders(document);
    if (choices.length === 0) throw new SignInError('login.no_provider', { interaction });
    if (name === undefined) return portalQuestionPage({ interaction, isUnusable: true }, around);
    const mayGoOn = !isForAgentsOnly(document.settings, pending.entry) || (await this.agents.isKnown(name, document));
    if (mayGoOn && choices.length === 1) {
      const url = await this.signIn.at(choices[0]!.key, { ...pending, typedName: name }, false, request.raw, reply);
      return goingOnPage(url.href, { title: 'Signing you in', text: 'You sign in at your organisation.' }, around);
    }
    await this.interactions.keepTypedName(pending, name);
    if (!mayGoOn) return portalFormPage(choices, interaction, around);
    return choicePage(choices, { interaction, other: false, signedOut: false }, around);
  }
}

function typedName(body: unknown): string | undefined {
  const name = typeof body === 'object' && body !== null && 'name' in body ? body.name : undefined;
  const typed = typeof name === 'string' ? name.trim() : '';
  // PostgreSQL takes no NUL, and no name has any other sign of control.
  return typed === '' || typed.length > typedNameLengthMax || /\p{Cc}/u.test(typed) ? undefined : typed;
}
