import type { ProviderConfig } from '@gatehouse/contracts';
import { AnswerError } from './answer-error.js';
import { classifyAnswerError } from './classify-answer-error.js';
import type { Claims } from './merge-claims.js';
import type { ProviderMetadata } from './provider-metadata.js';
import { ProviderTroubleError } from './provider-trouble.js';
import { askProvider } from './provider.client.js';
import type { Reach } from './reach.js';
import { primaryVerifiedEmail, readUserinfo, userinfoRequest } from './userinfo.js';

const withinMs = 2_500;

export type UserinfoOutcome = { kind: 'read'; claims: Claims } | { kind: 'none' } | { kind: 'failed'; reason: string };

interface ProfileParts {
  readonly metadata: ProviderMetadata;
  readonly provider: ProviderConfig;
  readonly reach: Reach;
  readonly verifySignature: (token: string) => Promise<void>;
}

/** What a provider tells of a person to whoever holds the access token. */
export class ProfileClient {
  constructor(private readonly parts: ProfileParts) {}

  /**
   * Beside an ID token. A failure never reads as "this person has no groups": it is said that nothing was read (O52).
   * @throws AnswerError when it is about somebody else, or is required and cannot be read
   */
  async of(subject: string, accessToken: string): Promise<UserinfoOutcome> {
    const { metadata, provider } = this.parts;
    if (provider.userinfo === 'off') return { kind: 'none' };
    if (provider.userinfo === 'required') return { kind: 'read', claims: await this.needed(accessToken, subject) };
    if (metadata.userinfo_endpoint === undefined) return { kind: 'none' };
    try {
      return { kind: 'read', claims: await this.read(accessToken, subject) };
    } catch (error) {
      if (error instanceof AnswerError) throw error;
      return { kind: 'failed', reason: classifyAnswerError(error).reason };
    }
  }

  /**
   * Where there is no sign-in without it.
   * @param subject of the ID token; left out where there is none
   * @throws AnswerError
   */
  async needed(accessToken: string, subject?: string): Promise<Claims> {
    try {
      return await this.read(accessToken, subject);
    } catch (error) {
      if (error instanceof AnswerError) throw error;
      const { reason } = classifyAnswerError(error);
      throw new AnswerError({ code: 'login.userinfo_unavailable', reason }, error);
    }
  }

  private async read(accessToken: string, subject: string | undefined): Promise<Claims> {
    const { metadata, provider, reach, verifySignature } = this.parts;
    const url = metadata.userinfo_endpoint;
    if (url === undefined) throw new ProviderTroubleError('USERINFO_UNUSABLE', 'there is no userinfo endpoint');
    const ask = (address: string) => askProvider(address, userinfoRequest(accessToken), withinMs, reach);
    const emails = provider.endpoints?.emails;
    const [answer, listed] = await Promise.all([ask(url), emails === undefined ? undefined : ask(emails)]);
    const claims = await readUserinfo(answer, {
      issuer: provider.issuer,
      clientId: provider.clientId,
      nowSeconds: Math.floor(Date.now() / 1000),
      toleranceSeconds: provider.clockToleranceSeconds,
      verifySignature,
    });
    if (subject !== undefined) checkSubject(claims, subject);
    return listed === undefined ? claims : withEmail(claims, primaryVerifiedEmail(listed));
  }
}

/** O53: without a `sub` it is no userinfo (OpenID Connect Core 5.3.2), with another it is about somebody else. */
function checkSubject({ sub }: Claims, subject: string): void {
  if (sub === undefined) throw new ProviderTroubleError('USERINFO_UNUSABLE', 'userinfo has no sub');
  if (sub !== subject) throw AnswerError.invalid('userinfo speaks of another sub');
}

/** Only the address from the list counts: the one in the profile is whatever the person likes to show. */
function withEmail(profile: Claims, email: string | undefined): Claims {
  const others = Object.entries(profile).filter(([name]) => name !== 'email' && name !== 'email_verified');
  return Object.fromEntries(email === undefined ? others : [...others, ['email', email], ['email_verified', true]]);
}
