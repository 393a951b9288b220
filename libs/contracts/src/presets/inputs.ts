import type { PresetInput } from './preset.js';

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const host = `${label}(?:\\.${label})+`;

/** One DNS label. */
export const labelPattern = new RegExp(`^${label}$`);
export const hostPattern = new RegExp(`^${host}$`);
/** Without a slash at the end: an issuer is compared as text. */
export const baseUrlPattern = new RegExp(`^https?://(?:${host}|localhost)(?::\\d{1,5})?(?:/[A-Za-z0-9._~-]+)*$`);
export const idPattern = /^[A-Za-z0-9._~@:+=/-]{1,255}$/;

export function clientId(example: string, help = 'As the provider shows it after the registration.'): PresetInput {
  return { label: 'Client ID', help, example, pattern: idPattern };
}
