import { askProvider, pageAgents, ProviderUnreachableError } from '@gatehouse/relying-party';
import type { Reach } from '@gatehouse/relying-party';
import { OutageError } from '@gatehouse/errors';

/** What the AWS SDK gives to its handler, as far as it is used. */
interface SignedRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

const requestMs = 20_000;

/**
 * Carries the SDK's requests by the rules of every request to a provider: which addresses may be called, no redirects,
 * a bounded time and a bounded answer. The SDK's own handler knows none of them.
 */
export class GuardedHttpHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };

  constructor(private readonly reach: Reach) {}

  async handle({ method, protocol, hostname, port, path, headers, body }: SignedRequest) {
    const host = port === undefined ? hostname : `${hostname}:${port}`;
    const request = { method, headers, body: textOf(body) };
    try {
      const answer = await askProvider(`${protocol}//${host}${path}`, request, requestMs, this.reach, pageAgents);
      return {
        response: {
          statusCode: answer.status,
          // The SDK corrects the time of its signatures by the clock of whoever refused one.
          headers: { 'content-type': answer.contentType ?? '', ...(answer.date ? { date: answer.date } : {}) },
          body: Buffer.from(answer.text),
        },
      };
    } catch (error) {
      if (!(error instanceof ProviderUnreachableError)) throw error;
      throw new OutageError('cognito.unreachable', `Cognito gave no answer: ${error.reason}`, { cause: error });
    }
  }

  /** There is nothing in it that the SDK could set. */
  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }

  /** The connections belong to everybody. */
  destroy(): void {}
}

function textOf(body: unknown): string {
  if (typeof body === 'string') return body;
  // By its bytes: the SDK's own kind of array complains when it is taken for a text.
  return body instanceof Uint8Array ? Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8') : '';
}
