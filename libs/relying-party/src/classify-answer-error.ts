import type { ErrorCode } from '@gatehouse/errors';

export interface AnswerFailure {
  readonly code: ErrorCode & `login.${string}`;
  /** For the log. Codes and names only: what the provider wrote is a stranger's text. */
  readonly reason: string;
}

/** The provider could not be asked, or what it answered cannot be read at all. */
const unusableAnswers = new Set([
  'PROVIDER_UNREACHABLE',
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
  'PROVIDER_KEYS_UNUSABLE',
  'OAUTH_WWW_AUTHENTICATE_CHALLENGE',
]);

/** OAuth errors by which a provider says that it, not the person, has the problem. */
const providerTrouble = new Set(['server_error', 'temporarily_unavailable', 'invalid_client', 'unauthorized_client']);

/** Sorts what openid-client throws: the provider is away or misconfigured, it refused, or its answer is not to be trusted. */
export function classifyAnswerError(error: unknown): AnswerFailure {
  const chain = chainOf(error);
  const codes = chain.map(({ code }) => code).filter((code) => code !== undefined);
  const oauthError = chain.map(({ oauthError: name }) => name).find((name) => name !== undefined);
  const reason = [...chain.map(({ name, code }) => code ?? name), ...(oauthError ? [oauthError] : [])].join(' < ');
  if (codes.includes('OAUTH_AUTHORIZATION_RESPONSE_ERROR')) {
    const trouble = oauthError !== undefined && providerTrouble.has(oauthError);
    return { code: trouble ? 'login.provider_unavailable' : 'login.provider_refused', reason };
  }
  if (codes.includes('OAUTH_RESPONSE_BODY_ERROR')) {
    const trouble = oauthError !== undefined && providerTrouble.has(oauthError);
    return { code: trouble ? 'login.provider_unavailable' : 'login.answer_invalid', reason };
  }
  const away = codes.some((code) => unusableAnswers.has(code));
  return { code: away ? 'login.provider_unavailable' : 'login.answer_invalid', reason };
}

interface Link {
  readonly name: string;
  readonly code: string | undefined;
  readonly oauthError: string | undefined;
}

const chainLengthMax = 5;

function chainOf(error: unknown): Link[] {
  const links: Link[] = [];
  for (let next = error; next instanceof Error && links.length < chainLengthMax; next = next.cause) {
    links.push({
      name: next.name,
      code: wordOf(next, 'code', /^[A-Z][A-Z0-9_]{1,63}$/),
      oauthError: wordOf(next, 'error', /^[a-z_]{1,64}$/),
    });
  }
  return links;
}

/** A member of the error, if it looks like a code and not like text. */
function wordOf(error: object, member: string, shape: RegExp): string | undefined {
  const value: unknown = Reflect.get(error, member);
  return typeof value === 'string' && shape.test(value) ? value : undefined;
}
