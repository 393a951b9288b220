import { isJsonObject, parseJson } from './parse-json.js';

/** Only to choose a key: nothing here is verified yet. */
export function headerOf(token: string): { alg?: string; kid?: string } {
  const header = parseJson(Buffer.from(token.split('.', 1)[0]!, 'base64url').toString());
  if (!isJsonObject(header)) return {};
  const { alg, kid } = header;
  return { ...(typeof alg === 'string' ? { alg } : {}), ...(typeof kid === 'string' ? { kid } : {}) };
}
