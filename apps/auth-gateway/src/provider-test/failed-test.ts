import type { Advice, ProviderTestResult, ProviderWithoutSecrets } from '@gatehouse/contracts';
import { codes } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import { AnswerError } from '@gatehouse/relying-party';
import { currentTraceId } from '@gatehouse/telemetry';
import { SignInError } from '../pages/sign-in-error.js';

export type Method = ProviderWithoutSecrets['clientAuthentication'];

const wroteLengthMax = 500;

export function isClientRefused(error: unknown): boolean {
  return error instanceof AnswerError && error.failure.code === 'login.client_refused';
}

/**
 * @param query of the answer. What the provider wrote there or at the token endpoint is shown to the administrator, who
 * asked for it, and to nobody else: often it is the only text that names the cause.
 * @throws what is neither the provider's nor the administrator's doing
 */
export function failedTest(error: unknown, method: Method, query: string): ProviderTestResult {
  const { code, reason } = failureOf(error);
  const wrote = wroteIn(query) ?? wroteAt(error);
  const reference = currentTraceId();
  return {
    outcome: 'failed',
    failure: {
      ...{ code, reason, ...codes[code] },
      ...(wrote === undefined ? {} : { wrote }),
      ...(reference === undefined ? {} : { reference }),
    },
    // An answer with an error has no code to ask the token endpoint with.
    ...(new URLSearchParams(query).has('code') ? { clientAuthentication: method } : {}),
    claims: [],
    advice: adviceOn(code, reason),
  };
}

export function otherMethodAdvice(configured: Method, worked: Method): Advice {
  return {
    about: 'client-authentication',
    severity: 'problem',
    text: `The token endpoint refused ${configured} and accepted ${worked}.`,
    fix: `Set clientAuthentication to ${worked}: until then nobody can sign in.`,
  };
}

function adviceOn(code: ErrorCode, reason: string): Advice[] {
  if (code === 'login.client_refused') return [clientAuthenticationAdvice];
  return reason.includes('invalid_scope') ? [scopeAdvice] : [];
}

const clientAuthenticationAdvice: Advice = {
  about: 'client-authentication',
  severity: 'problem',
  text: 'The provider does not accept this client id with this secret, whichever way they are sent.',
  fix: 'Compare both with what the provider shows, and look whether it wants private_key_jwt.',
};

const scopeAdvice: Advice = {
  about: 'claims',
  severity: 'problem',
  text: 'The provider does not allow this client one of the scopes that are asked for.',
  fix: 'Allow it for the client at the provider, or take it out of scopes.',
};

function failureOf(error: unknown): { code: ErrorCode; reason: string } {
  if (error instanceof AnswerError) return error.failure;
  if (error instanceof SignInError) return { code: error.code, reason: error.internal ?? 'no further cause' };
  throw error;
}

function wroteIn(query: string): string | undefined {
  return shortened(new URLSearchParams(query).get('error_description'));
}

function wroteAt(error: unknown, depth = 0): string | undefined {
  if (!(error instanceof Error) || depth > 4) return undefined;
  const own: unknown = Reflect.get(error, 'error_description');
  return shortened(own) ?? wroteAt(error.cause, depth + 1);
}

function shortened(text: unknown): string | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  return text.replace(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, wroteLengthMax);
}
