import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Serves a request that offers an upgrade we do not speak as if it had not offered it (RFC 9110 section 7.8). Some HTTP
 * clients offer `h2c` with every request to an http address, and Node hands all upgrades over with the body unparsed:
 * so the head is put back without the offer, and `server`, which never listens, parses it again. One request only.
 */
export function serveWithoutUpgrade(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index]!;
    if (!/^(upgrade|connection|http2-settings)$/i.test(name)) lines.push(`${name}: ${request.rawHeaders[index + 1]!}`);
  }
  const others = (request.headers.connection ?? '')
    .split(',')
    .map((option) => option.trim())
    .filter((option) => !/^(upgrade|http2-settings|keep-alive|close|)$/i.test(option));
  lines.push(`Connection: ${['close', ...others].join(', ')}`);
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}
