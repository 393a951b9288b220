/** The two styles that its scripts insert: of the store's icon, and of a scroll area. The browser test notices when they change. */
const insertedStyles = [
  "'sha256-r2N1TB/gHbBtBZFKg7ejmq1acVSREzucTAEw6ga4hoU='",
  "'sha256-kLmvWqfziFavKtqHqRsb90f006UAK2Dmd0It5Iz2KFA='",
];

/** The board's policy: its own scripts, styles and data, and nothing from another origin. */
export const boardPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  ["style-src 'self'", ...insertedStyles].join(' '),
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** bull-board's page without the font it would load from elsewhere, and without the inline styles of its waiting sign. */
export function strictPage(page: string): string {
  return page
    .replace(/<link\b[^>]*\bhref="https?:[^>]*>/g, '')
    .replace(/<div id="root">[^]*?<\/div>\s*(?=<script defer)/, '<div id="root">Loading</div>\n');
}
