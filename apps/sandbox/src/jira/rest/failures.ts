import type { ErrorCollection } from './rest-shapes.js';

/** An answer other than success, in one of Jira's envelopes (jira-facts 2.1). */
export class RestFailure extends Error {
  constructor(
    readonly status: number,
    readonly body: unknown,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(`answered ${status}`);
  }
}

/** `{"errorMessages":[..],"errors":{}}`, the platform's envelope. */
export function failure(status: number, ...errorMessages: string[]): RestFailure {
  return new RestFailure(status, { errorMessages, errors: {} } satisfies ErrorCollection);
}

/** 400 with the half that names fields. */
export function fieldFailure(errors: Record<string, string>): RestFailure {
  return new RestFailure(400, { errorMessages: [], errors } satisfies ErrorCollection);
}

/** `{"message","status-code"}`, the envelope of the REST plug-in itself and of unknown paths. */
export function pluginFailure(status: number, message: string, headers: Record<string, string> = {}): RestFailure {
  return new RestFailure(status, { message, 'status-code': status }, headers);
}

export const notAuthenticated = 'You are not authenticated. Authentication required to perform this operation.';
export const notPermitted = 'The user does not have permission to complete this operation.';
