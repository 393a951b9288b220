import { TerminalError } from '@gatehouse/errors';
import { parseConfigText, sourceOfJson } from './parse-config-text.js';
import type { ConfigSource } from './parse-config-text.js';

export const mediaType = { json: 'application/json', yaml: 'application/yaml' } as const;

/** The content parser leaves YAML as text, so that it is read only for those who may apply it. */
export function sourceOfBody(body: unknown, contentType: string | undefined): ConfigSource {
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  if (type === mediaType.json) return sourceOfJson(body);
  if (type === mediaType.yaml && typeof body === 'string') return parseConfigText(body);
  throw new TerminalError('api.media_type_unsupported', 'Send the document as application/yaml or application/json.');
}
