import type { IncomingMessage } from 'node:http';
import { badRequest, ScimError } from '@gatehouse/scim';

/** Room for a group of a hundred thousand members; said in ServiceProviderConfig as `maxPayloadSize`. */
export const bodyBytesMax = 10_485_760;
const readWithinMs = 60_000;

interface ReadOptions {
  /** What may be read; it is told before anything is kept, and may refuse. */
  readonly take: (bytes: number) => void;
  readonly withinMs?: number;
}

/**
 * @throws ScimError 413 before more than the bound is kept, 408 when the client stops sending, 400 when it went away
 * @returns undefined when there is none
 */
export async function readBody(
  request: IncomingMessage,
  { take, withinMs = readWithinMs }: ReadOptions,
): Promise<Buffer | undefined> {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > bodyBytesMax) throw tooLarge();
  if (length === 0 && request.headers['transfer-encoding'] === undefined) return undefined;
  take(length);
  // What has no length is counted as it comes.
  return collect(request, withinMs, length > 0 ? () => undefined : take);
}

/** By events and not as a stream: a stream that is left early takes the connection with it, and the answer. */
function collect(
  request: IncomingMessage,
  withinMs: number,
  take: (bytes: number) => void,
): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    if (request.destroyed) throw cutShort();
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => end(tooSlow()), withinMs);
    const keep = (chunk: Buffer) => {
      try {
        size += chunk.length;
        if (size > bodyBytesMax) throw tooLarge();
        take(chunk.length);
        chunks.push(chunk);
      } catch (problem) {
        end(problem as Error);
      }
    };
    const finish = () => end(request.complete ? undefined : cutShort());
    // A client that goes away is no fault of ours, and none of the database's, whose lost connections look the same.
    const fail = (error: unknown) => end(cutShort(error));
    const end = (problem: Error | undefined) => {
      clearTimeout(timer);
      request.off('data', keep).off('end', finish).off('close', finish).off('error', fail);
      if (problem === undefined) resolve(size === 0 ? undefined : Buffer.concat(chunks, size));
      else reject(problem);
    };
    request.on('data', keep).on('end', finish).on('close', finish).on('error', fail);
  });
}

function tooLarge(): ScimError {
  return new ScimError(413, undefined, `The body is larger than ${bodyBytesMax} bytes.`);
}

function tooSlow(): ScimError {
  return new ScimError(408, undefined, 'The body did not arrive in time.');
}

function cutShort(cause?: unknown): ScimError {
  return badRequest('invalidSyntax', 'The body did not arrive whole.', cause);
}
