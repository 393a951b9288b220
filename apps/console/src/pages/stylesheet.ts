import { createHash } from 'node:crypto';
import { stylesheet } from '@gatehouse/web';

/** What the console's pages need beyond the look of the sign-in pages. */
export const consoleStylesheet = `${stylesheet}
main.wide { max-width: 52rem; align-self: start; }
header { display: flex; flex-wrap: wrap; gap: 1rem; align-items: start; justify-content: space-between; }
header form { margin: 0; }
h2 { margin: 2rem 0 .5rem; font-size: 1.0625rem; }
a:not(.button) { color: var(--accent); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem; margin: 0; }
dt { color: var(--muted); }
dd { margin: 0; }
header .button { width: auto; min-height: 2.5rem; margin: 0; padding: .375rem 1rem; }
.hint { margin: .5rem 0 0; color: var(--muted); font-size: .875rem; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; }
th, td { padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--muted); font-weight: 600; }
code { font-size: .875rem; }
`;

/** In its address, so that a new version is a new file and an old one may be cached for ever. */
export const consoleStylesheetVersion = createHash('sha256').update(consoleStylesheet).digest('hex').slice(0, 12);
