import { createHash } from 'node:crypto';

/** The look of every page of ours. System fonts and no image: a page costs one small request beside itself. */
export const stylesheet = `:root {
  color-scheme: light dark;
  --ground: #f4f5f7; --sheet: #fff; --text: #172b4d; --muted: #44546f; --line: #8590a2;
  --accent: #0c55c7; --accent-text: #fff; --alert: #ae2e24;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #161a1d; --sheet: #22272b; --text: #dee4ea; --muted: #9fadbc; --line: #738496;
    --accent: #85b8ff; --accent-text: #161a1d; --alert: #ff9c8f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; padding: 1rem; display: grid; place-items: center;
  background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
main {
  width: 100%; max-width: 26rem; padding: 2rem 1.5rem; border-radius: .75rem;
  background: var(--sheet); box-shadow: 0 1px 3px rgb(0 0 0 / .25); overflow-wrap: anywhere;
}
main.wide { max-width: 60rem; }
h1 { margin: 0 0 .75rem; font-size: 1.375rem; line-height: 1.3; }
p { margin: 0 0 1rem; }
ul { list-style: none; margin: 1.25rem 0 0; padding: 0; display: grid; gap: .75rem; }
.button {
  display: block; width: 100%; min-height: 2.75rem; padding: .625rem 1rem; border: 1px solid var(--accent);
  border-radius: .375rem; background: var(--accent); color: var(--accent-text);
  font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer;
}
label { display: block; margin: 0 0 .25rem; font-weight: 600; }
input { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: .375rem;
  background: var(--ground); color: var(--text); font: inherit; }
form .button { margin-top: 1rem; }
.button.quiet { background: transparent; color: var(--accent); }
.button:hover { text-decoration: underline; }
.button[aria-disabled=true] { background: transparent; border-style: dashed; color: var(--muted); cursor: progress; text-decoration: none; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
h2 { margin: 1.5rem 0 .5rem; font-size: 1.125rem; line-height: 1.3; }
h3 { margin: 1.25rem 0 .25rem; font-size: 1rem; line-height: 1.3; }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; }
th, td { padding: .375rem .5rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: 400; }
th { font-weight: 600; overflow-wrap: break-word; }
@media (max-width: 36rem) { .steps thead, .claims thead { display: none; } tr, th, td { display: block; border: 0; padding: .125rem 0; } tr { border-bottom: 1px solid var(--line); padding: .375rem 0; } }
.steps td + td { color: var(--muted); }
td code { white-space: pre-wrap; overflow-wrap: anywhere; }
.advice { list-style: disc; padding-left: 1.25rem; margin-top: .5rem; }
[role=alert] { border-left: .25rem solid var(--alert); padding: 0 .375rem 0 .875rem; margin: 0 0 1rem; }
[role=alert] p:last-child { margin: 0; }
[role=alert] .button { margin: 0 0 .25rem; }
.announced { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.reference { margin-top: 1.5rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--muted); font-size: .875rem; }
.reference p { margin: 0 0 .25rem; }
.reference .button { margin: .75rem 0 .25rem; }
.reference code { user-select: all; color: var(--text); font-size: .875rem; }
.waiting { height: .25rem; border-radius: .125rem; background: var(--accent); margin: 0 0 1rem; }
@media (prefers-reduced-motion: no-preference) {
  .waiting { animation: waiting 1.6s ease-in-out infinite alternate; transform-origin: left; }
  @keyframes waiting { from { transform: scaleX(.15); } to { transform: scaleX(1); } }
}
`;

/** In its address, so that a new version is a new file and an old one may be cached for ever. */
export const stylesheetVersion = createHash('sha256').update(stylesheet).digest('hex').slice(0, 12);
