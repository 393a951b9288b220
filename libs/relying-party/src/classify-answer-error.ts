import type { ErrorCode } from '@gatehouse/errors';
import { clockProblem } from './clock-problem.js';
import { isJsonObject } from './parse-json.js';
import { ProviderTroubleError } from './provider-trouble.js';
import { ProviderUnreachableError } from './provider.client.js';

export interface AnswerFailure {
  readonly code: ErrorCode & `login.${string}`;
  /** For the log. Codes, names and numbers only: what the provider wrote is a stranger's text. */
  readonly reason: string;
}

/** The provider could not be asked, or what it answered cannot be read at all. */
const unusableAnswers = new Set([
  'PROVIDER_UNREACHABLE',
  'PROVIDER_METADATA_UNUSABLE',
  'PROVIDER_KEYS_UNUSABLE',
  'CLIENT_KEY_UNUSABLE',
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
  'OAUTH_WWW_AUTHENTICATE_CHALLENGE',
]);

/** OAuth errors by which a provider says that it, not the person, has the problem. */
const providerTrouble = new Set(['server_error', 'temporarily_unavailable']);

/** And those by which it says that we have it. The last two are GitHub's. */
const clientTrouble = new Set([
  ...['invalid_client', 'unauthorized_client', 'incorrect_client_credentials', 'redirect_uri_mismatch'],
]);

/** Sorts what openid-client throws: the provider is away or misconfigured, it refused, or its answer is not to be trusted. */
export function classifyAnswerError(error: unknown): AnswerFailure {
  const chain = chainOf(error);
  const codes = chain.map(({ code }) => code).filter((code) => code !== undefined);
  const oauthError = chain.map(({ oauthError: name }) => name).find((name) => name !== undefined);
  const names = [...new Set(chain.map(({ name, code }) => code ?? name)), ...(oauthError ? [oauthError] : [])];
  const details = chain.map(({ detail }) => detail).find((detail) => detail !== undefined);
  const reason = names.join(' < ') + (details === undefined ? '' : `: ${details}`);
  if (codes.includes('OAUTH_AUTHORIZATION_RESPONSE_ERROR'))
    return { code: troubleOf(oauthError) ?? 'login.provider_refused', reason };
  if (codes.includes('OAUTH_RESPONSE_BODY_ERROR'))
    return { code: troubleOf(oauthError) ?? 'login.answer_invalid', reason };
  const away = codes.some((code) => unusableAnswers.has(code));
  return { code: away ? 'login.provider_unavailable' : 'login.answer_invalid', reason };
}

function troubleOf(oauthError: string | undefined): AnswerFailure['code'] | undefined {
  if (oauthError === undefined) return undefined;
  if (clientTrouble.has(oauthError)) return 'login.client_refused';
  return providerTrouble.has(oauthError) ? 'login.provider_unavailable' : undefined;
}

interface Link {
  readonly name: string;
  readonly code: string | undefined;
  readonly oauthError: string | undefined;
  /** In our words. */
  readonly detail: string | undefined;
}

const chainLengthMax = 5;

function chainOf(error: unknown): Link[] {
  const links: Link[] = [];
  for (let next = error; next instanceof Error && links.length < chainLengthMax; next = next.cause) {
    links.push({
      name: next.name,
      code: wordOf(next, 'code', /^[A-Z][A-Z0-9_]{1,63}$/),
      oauthError: wordOf(next, 'error', /^[a-z_]{1,64}$/),
      detail: detailOf(next),
    });
  }
  return links;
}

function detailOf(error: Error): string | undefined {
  if (error instanceof ProviderTroubleError || error instanceof ProviderUnreachableError) return error.reason;
  return isJsonObject(error.cause) ? comparisonOf(error.cause) : undefined;
}

const comparedNames = new Set(['iss', 'aud', 'azp', 'sub', 'exp', 'nbf', 'nonce', 'auth_time']);

/** oauth4webapi hangs on its errors what it compared, the whole token among it: only the claim's name and times are taken. */
function comparisonOf({ claim, claims, now, tolerance }: Record<string, unknown>): string | undefined {
  if (typeof claim !== 'string' || !comparedNames.has(claim)) return undefined;
  if (claim === 'auth_time') return 'auth_time is too long ago';
  if (!isJsonObject(claims) || typeof now !== 'number' || typeof tolerance !== 'number') return `${claim} is wrong`;
  return clockProblem(claims, { nowSeconds: now, toleranceSeconds: tolerance }) ?? `${claim} is wrong`;
}

/** A member of the error, if it looks like a code and not like text. */
function wordOf(error: object, member: string, shape: RegExp): string | undefined {
  const value: unknown = Reflect.get(error, member);
  return typeof value === 'string' && shape.test(value) ? value : undefined;
}
