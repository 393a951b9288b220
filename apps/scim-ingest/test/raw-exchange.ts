import { connect } from 'node:net';
import type { Socket } from 'node:net';

export interface RawReply {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

const answerWithinMs = 10_000;

/** Sends bytes as they are, and gives back what came until the server closed or `replies` answers were complete. */
export async function rawExchange(
  base: string,
  chunks: readonly (string | Uint8Array)[],
  replies = 1,
): Promise<RawReply[]> {
  const { hostname, port } = new URL(base);
  const socket = connect(Number(port), hostname);
  try {
    return await exchange(socket, chunks, replies);
  } finally {
    socket.destroy();
  }
}

async function exchange(
  socket: Socket,
  chunks: readonly (string | Uint8Array)[],
  replies: number,
): Promise<RawReply[]> {
  for (const chunk of chunks) socket.write(chunk);
  // A server that answers early may reset what is still being sent: what it said before counts.
  socket.on('error', () => undefined);
  socket.setTimeout(answerWithinMs, () => socket.destroy());
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (data) => {
      text += data.toString('latin1');
      if (read(text).length >= replies) resolve(read(text));
    });
    socket.on('close', () => resolve(read(text)));
  });
}

/** Complete answers only; ours have a length, or nothing at all. */
function read(text: string): RawReply[] {
  const found: RawReply[] = [];
  for (let rest = text; rest !== '';) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) break;
    const head = rest.slice(0, end);
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    const body = rest.slice(end + 4, end + 4 + length);
    if (body.length < length) break;
    const status = Number(head.split(' ')[1]);
    if (status >= 200) found.push({ status, head, body });
    rest = rest.slice(end + 4 + length);
  }
  return found;
}
