import type { ConfigDocument } from '@gatehouse/contracts';
import { documentOf } from '../config/check-config.js';
import { ConfigInvalidError } from '../config/config-invalid.js';
import { sourceOfJson } from '../config/parse-config-text.js';

/**
 * A document to think with. No variable of the environment is read for it: what is only simulated must not tell which
 * ones are set. @throws ConfigInvalidError
 */
export function editedDocument(value: unknown): ConfigDocument {
  const { document, faults } = documentOf(value);
  if (!document || faults.length > 0) throw ConfigInvalidError.of(sourceOfJson(value), faults);
  return document;
}
