import type { IncomingHttpHeaders } from 'node:http';
import { badRequest, ScimError } from '@gatehouse/scim';
import { HttpError } from './http-error.js';

const accepted = new Set(['application/scim+json', 'application/json']);

/**
 * RFC 7644 3.1 and 8.1; Okta creates people with `application/json`.
 *
 * @throws ScimError 415 for another content type or a packed body, 400 invalidSyntax for what is no JSON in UTF-8
 */
export function jsonOf(body: Buffer | undefined, headers: IncomingHttpHeaders): unknown {
  if (body === undefined) throw badRequest('invalidSyntax', 'The request needs a body in JSON.');
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== undefined && !accepted.has(type))
    throw new ScimError(415, undefined, 'Send application/scim+json or application/json.');
  // Unpacking would let a small body become a large one.
  const coding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (coding !== 'identity') throw new HttpError(415, 'Send the body as it is.', { 'Accept-Encoding': 'identity' });
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch (error) {
    throw badRequest('invalidSyntax', 'The body is no JSON in UTF-8.', error);
  }
}
