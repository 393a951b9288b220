import { GatehouseError, OutageError, TerminalError } from '@gatehouse/errors';

/** The provider takes a page token no longer: they end after a time, and may be good for one use only. */
export class PageTokenRefusedError extends Error {}

const throttled = new Set(['TooManyRequestsException', 'ThrottlingException', 'LimitExceededException']);
const refused = new Set([
  ...['NotAuthorizedException', 'AccessDeniedException', 'UnrecognizedClientException', 'InvalidClientTokenId'],
  ...['InvalidSignatureException', 'IncompleteSignatureException', 'MissingAuthenticationTokenException'],
  ...['SignatureDoesNotMatch', 'ExpiredTokenException', 'ExpiredToken', 'OptInRequired', 'CredentialsProviderError'],
]);
const missing = new Set(['ResourceNotFoundException', 'UserPoolNotFoundException']);
const serverFault = 500;

/**
 * What the SDK threw, in our words. Neither its message nor the error itself is kept: both may quote the answer, and so
 * people.
 * @param pageToken whether the request carried one
 */
export function cognitoError(error: unknown, { pageToken }: { readonly pageToken: boolean }): Error {
  if (error instanceof GatehouseError) return error;
  const name = error instanceof Error ? error.name : 'unknown';
  const status = statusOf(error);
  const internal = `${name}${status === undefined ? '' : ` (${status})`}`;
  if (throttled.has(name) || status === 429)
    return new OutageError('cognito.rate_limited', 'Cognito limits our requests.', { internal });
  if (refused.has(name) || status === 401 || status === 403)
    return new TerminalError('cognito.credentials_refused', 'Cognito did not accept our credentials.', { internal });
  if (missing.has(name)) return new TerminalError('cognito.pool_missing', 'Cognito has no such pool.', { internal });
  if (name === 'InvalidParameterException')
    return pageToken
      ? new PageTokenRefusedError(internal)
      : new TerminalError('cognito.request_refused', 'Cognito refused a listing as invalid.', { internal });
  if (status === undefined || status >= serverFault)
    return new OutageError('cognito.unreachable', 'Cognito failed to answer.', { internal });
  if (status >= 400)
    return new TerminalError('cognito.request_refused', `Cognito refused a listing with ${status}.`, { internal });
  return new TerminalError('cognito.answer_malformed', 'Cognito answered with something else than a page.', {
    internal,
  });
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const { $metadata: metadata } = error as { $metadata?: { httpStatusCode?: unknown } };
  return typeof metadata?.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}
