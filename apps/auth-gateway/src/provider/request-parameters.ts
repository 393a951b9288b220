import type { IncomingMessage } from 'node:http';

const bodyBytesMax = 65_536;

/** Parameters of a GET, or of a form that was posted; undefined when one is given twice or the form is too long. */
export async function parametersOf(request: IncomingMessage): Promise<ReadonlyMap<string, string> | undefined> {
  const text = request.method === 'POST' ? await bodyOf(request) : new URL(request.url ?? '/', 'http://op').search;
  if (text === undefined) return undefined;
  const entries = [...new URLSearchParams(text)];
  const parameters = new Map(entries);
  return parameters.size === entries.length ? parameters : undefined;
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bodyBytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
