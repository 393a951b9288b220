import { pipeline } from 'node:stream';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { Agent, DecoratorHandler, request } from 'undici';
import type { Dispatcher } from 'undici';
import type { JiraCallMethod } from './jira-rest.js';

/** Those of `Headers` that are asked for. */
export interface AnswerHeaders {
  get(name: string): string | null;
  has(name: string): boolean;
}

export interface HttpRequest {
  readonly method: JiraCallMethod;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** Asked in the turn of the event loop in which the bytes leave, after every wait. What it throws is the failure. */
  readonly assertSendable?: () => void;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: AsyncIterable<Uint8Array>;
}

/** One exchange with Jira, whatever lies between. */
export type Ask = (address: string, request: HttpRequest) => Promise<HttpAnswer>;

/** Shared by all clients of the process. undici's own, because `fetch` costs four times as much a request. */
const connections = new Agent();

const accepted = { 'accept-encoding': 'gzip, deflate, br' };

const decompressors = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Follows no redirect. @throws whatever undici throws, with Node's code where the network failed */
export const ask: Ask = async (address, { headers, assertSendable, ...wanted }) => {
  const dispatcher = assertSendable ? connections.compose(askingFirst(assertSendable)) : connections;
  const answer = await request(address, { ...wanted, headers: { ...headers, ...accepted }, dispatcher });
  const read = readable(answer.headers);
  return { status: answer.statusCode, headers: read, body: decompressed(answer.body, read.get('content-encoding')) };
};

/**
 * undici starts a request and writes it in one turn, but that turn may be long after it was asked: a connection had to be
 * made, or the process was stopped meanwhile. A timer's signal would come too late, since sockets are looked at first.
 */
function askingFirst(assertSendable: () => void): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => dispatch(options, new AskingFirst(handler, assertSendable));
}

/** Its types leave the methods out. */
const decorated: Dispatcher.DispatchHandler = DecoratorHandler.prototype;

class AskingFirst extends DecoratorHandler {
  constructor(
    handler: Dispatcher.DispatchHandler,
    private readonly assertSendable: () => void,
  ) {
    super(handler);
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    decorated.onRequestStart!.call(this, controller, context);
    try {
      this.assertSendable();
    } catch (error) {
      controller.abort(error as Error);
    }
  }
}

function readable(headers: Readonly<Record<string, string | string[] | undefined>>): AnswerHeaders {
  return {
    get: (name) => {
      const value = headers[name];
      return value === undefined ? null : Array.isArray(value) ? value.join(', ') : value;
    },
    has: (name) => headers[name] !== undefined,
  };
}

function decompressed(body: Readable, encoding: string | null): AsyncIterable<Uint8Array> {
  const name = encoding?.trim().toLowerCase();
  if (name === undefined || !(name in decompressors)) return body;
  // Its end, good or bad, is met by whoever reads.
  return pipeline(body, decompressors[name as keyof typeof decompressors](), () => undefined);
}
