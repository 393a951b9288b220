import type { ServerResponse } from 'node:http';

/** An answer in place of the right one. @param right the body that was due */
export type HttpAnswer = (response: ServerResponse, right: unknown) => void;

/** Takes the request and never says anything. */
export const silence: HttpAnswer = () => undefined;

export const status =
  (code: number, body = ''): HttpAnswer =>
  (response) =>
    response.writeHead(code, { 'content-type': 'application/json' }).end(body);

/** What a proxy, a captive portal or a maintenance page says in the provider's name. */
export const htmlPage: HttpAnswer = (response) =>
  response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><h1>Under maintenance</h1>');

export const redirectTo =
  (location: string, code = 307): HttpAnswer =>
  (response) =>
    response.writeHead(code, { location }).end();

/** The right body under a name that is not its own. */
export const typed =
  (contentType: string): HttpAnswer =>
  (response, right) =>
    response.writeHead(200, { 'content-type': contentType }).end(JSON.stringify(right));

export const json =
  (change: (right: Record<string, unknown>) => unknown): HttpAnswer =>
  (response, right) =>
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(change(right as Record<string, unknown>)));

export const raw =
  (body: string, contentType = 'application/json'): HttpAnswer =>
  (response) =>
    response.writeHead(200, { 'content-type': contentType }).end(body);

/** Valid JSON that goes on for as long as somebody reads, up to this. @param sent is told how much left */
export const flood =
  (bytes: number, sent: (bytes: number) => void = () => undefined): HttpAnswer =>
  (response) => {
    const block = Buffer.alloc(65_536, 'a');
    let left = bytes;
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"id_token":"');
    const pour = () => {
      while (left > 0 && !response.destroyed) {
        left -= block.length;
        sent(block.length);
        if (!response.write(block)) {
          response.once('drain', pour);
          return;
        }
      }
      response.end('"}');
    };
    pour();
  };

/** A byte now and then, for ever: a time-out that starts anew with each of them never ends. */
export const trickle: HttpAnswer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 100);
  response.once('close', () => clearInterval(timer));
};
