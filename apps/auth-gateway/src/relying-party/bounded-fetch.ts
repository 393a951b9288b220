const bodyBytesMax = 1_048_576;

/** A provider that answers more than this is broken or hostile; reading on would only cost memory (O51). */
export class AnswerTooLargeError extends Error {
  constructor() {
    super(`the answer is larger than ${bodyBytesMax} bytes`);
    this.name = 'AnswerTooLargeError';
  }
}

/** Reads the whole answer within the limit and gives it back as a new one. Redirects are never followed. */
export async function boundedFetch(url: string, init: RequestInit, bytesMax = bodyBytesMax): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: 'manual' });
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (response.body) {
    // Leaving the loop cancels the stream, and with it the connection.
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > bytesMax) throw new AnswerTooLargeError();
      chunks.push(chunk);
    }
  }
  const bodiless = response.status === 204 || response.status === 205 || response.status === 304;
  return new Response(bodiless ? null : Buffer.concat(chunks), {
    status: response.status,
    statusText: response.statusText,
    headers: response.headers,
  });
}
