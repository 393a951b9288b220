import { isJsonObject, parseJson } from './parse-json.js';
import type { ProviderAnswer } from './provider.client.js';

/**
 * The token endpoint of an OAuth 2.0 provider in the form that RFC 6749 5 describes. GitHub answers errors with status
 * 200, and everything form-encoded to whoever does not ask for JSON; others add an ID token that nobody asked for and
 * nothing here would verify.
 */
export function conformingTokenAnswer(answer: ProviderAnswer): ProviderAnswer {
  const members = membersOf(answer);
  if (members === undefined) return answer;
  const kept = Object.entries(members).filter(([name]) => name !== 'id_token');
  const isError = answer.status === 200 && typeof members['error'] === 'string';
  return {
    ...answer,
    status: isError ? 400 : answer.status,
    contentType: 'application/json',
    text: JSON.stringify(Object.fromEntries(kept)),
  };
}

function membersOf({ contentType = '', text }: ProviderAnswer): Record<string, unknown> | undefined {
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType)) return Object.fromEntries(new URLSearchParams(text));
  const members = /^application\/json\b/i.test(contentType) ? parseJson(text) : undefined;
  return isJsonObject(members) ? members : undefined;
}
