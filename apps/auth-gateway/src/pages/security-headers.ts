import type { Page } from './layout.js';

/** Nothing runs, nothing comes from elsewhere, nobody may frame it (O46, O47, E14). */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': policy(),
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'x-robots-tag': 'noindex',
};

/** Of a page: it runs the one script that it names, and no other (decision 18). */
export function pageHeaders({ script }: Pick<Page, 'script'>): Readonly<Record<string, string>> {
  return { ...securityHeaders, 'content-security-policy': policy(script) };
}

/** Not `script-src 'self'`: that is Jira's origin too, where people can put files and apps can put anything. */
function policy(script?: string): string {
  return [
    "default-src 'none'",
    // These two characters would end the source and begin another directive.
    ...(script === undefined ? [] : [`script-src ${script.replaceAll(';', '%3B').replaceAll(',', '%2C')}`]),
    "style-src 'self'",
    "img-src 'self' data:",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}
