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

/** Its thinnest texts are made for the font that is not loaded, and hardly readable in another. */
export const boardStylesheet = `ul[class*='timeline-'], ul[class*='timeline-'] * { font-weight: 400; }\n`;

/**
 * bull-board's page without the font it would load from elsewhere and the inline styles of its waiting sign, and with
 * our own stylesheet after its own.
 */
export function strictPage(page: string, stylesheetPath: string): string {
  return page
    .replace('</head>', `<link href="${stylesheetPath}" rel="stylesheet"></head>`)
    .replace(/<link\b[^>]*\bhref="https?:[^>]*>/g, '')
    .replace(/<div id="root">[^]*?<\/div>\s*(?=<script defer)/, '<div id="root">Loading</div>\n');
}
