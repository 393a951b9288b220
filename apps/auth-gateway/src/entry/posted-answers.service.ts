import { Injectable, UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ownMember } from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import { SignInError } from '../pages/sign-in-error.js';
import { stateOf } from './state-of.js';

/** Of an authorization response (RFC 6749 4.1.2, RFC 9207). Apple's unsigned `user` is not among them. */
const parameters = ['code', 'state', 'iss', 'error'] as const;
const lengthMax = 8_192;

/** Answers that a provider has the browser post (OAuth 2.0 Form Post Response Mode). */
@Injectable()
export class PostedAnswers {
  constructor(
    private readonly liveConfig: LiveConfigReader,
    private readonly cookies: GatewayCookies,
  ) {}

  /**
   * The same answer as a query. Only in the browser that began this sign-in, so that a page elsewhere cannot make
   * this one go on with what it posts (O31); any other gets none, and ends where an unknown answer does.
   */
  async queryOf(providerKey: string, request: FastifyRequest): Promise<string> {
    if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
      throw new UnsupportedMediaTypeException();
    const query = answerIn(request.body);
    const state = stateOf(query);
    // A draft that is being tried is saved nowhere: this cookie alone says that the answer was asked for.
    if (state !== undefined && this.cookies.transaction(request.raw, state) !== undefined) return query;
    const { providers } = (await this.liveConfig.current()).document;
    const provider = ownMember(providers, providerKey);
    if (!provider?.enabled || provider.responseMode !== 'form_post') throw new SignInError('login.provider_unknown');
    return '';
  }
}

/** A repeated parameter stays repeated, and is refused for it like one in a query (O30). */
function answerIn(body: unknown): string {
  if (typeof body !== 'object' || body === null) return '';
  const answer = new URLSearchParams();
  for (const name of parameters) {
    const value: unknown = Object.hasOwn(body, name) ? (body as Record<string, unknown>)[name] : undefined;
    const values: unknown[] = Array.isArray(value) ? value.slice(0, 2) : [value];
    for (const text of values) if (typeof text === 'string') answer.append(name, text);
  }
  const query = `?${answer.toString()}`;
  return query.length <= lengthMax ? query : '';
}
