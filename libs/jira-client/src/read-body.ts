import type { JiraBody } from './jira-errors.js';
import type { HttpAnswer } from './jira-http.js';

/** Of an answer of `fetch` too. */
type Body = Pick<HttpAnswer, 'headers'> & { readonly body: HttpAnswer['body'] | null };

/** A user in 2,000 groups takes about half of it. */
const bodyBytesMax = 1_048_576;

/** Reads at most 1 MB, counted after decompression, and parses it if it says that it is JSON. */
export async function readBody(response: Body): Promise<JiraBody> {
  const bytes = await boundedBytes(response);
  if (bytes === 'too-large') return { kind: 'too-large' };
  if (bytes.length === 0) return { kind: 'empty' };
  const type = response.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') return { kind: 'page' };
  return parsed(bytes);
}

function parsed(bytes: Buffer): JiraBody {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return { kind: 'json', value };
  } catch {
    return { kind: 'page' };
  }
}

async function boundedBytes(response: Body): Promise<Buffer | 'too-large'> {
  if (response.body === null) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the stream and with it the connection.
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > bodyBytesMax) return 'too-large';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
