import { documentPage } from './docs-document-page.mjs';

const notice = (source) => `<!-- Made by npm run docs from ${source}. Do not edit. -->\n\n`;

/** The flow: which fact starts which job, and what both mean. */
export function flowPage({ flow, lanesOf }) {
  const events = distinct(flow.map(({ event }) => event));
  const jobs = distinct(flow.map(({ job }) => job));
  return [
    notice('libs/contracts/src/flow.ts'),
    '# Flow\n\nA service commits an **event** together with the state it speaks of; the event starts **jobs**. A **lane** is a queue of its own.\n\n',
    table(
      ['event', 'starts', 'in lane', 'handled by'],
      flow.map(({ event, job, lane }) => [
        code(event.name),
        code(job.name),
        lane === 'same-lane' ? 'the lane of its cause' : code(lane),
        code(job.service),
      ]),
    ),
    '## Events\n\n',
    table(
      ['event', 'means', 'jobs that commit it, besides requests'],
      events.map((event) => [
        code(event.name),
        event.meaning,
        jobs
          .filter(({ emits }) => emits.includes(event))
          .map(({ name }) => code(name))
          .join(', ') || 'none: a request or a schedule',
      ]),
    ),
    '## Jobs\n\n',
    table(
      ['job', 'service', 'does', 'lanes', 'attempts', 'may commit'],
      jobs.map((job) => [
        code(job.name),
        code(job.service),
        job.meaning,
        lanesOf(job, flow).map(code).join(', '),
        job.attempts,
        job.emits.map(({ name }) => code(name)).join(', ') || '-',
      ]),
    ),
  ].join('');
}

/** Every variable of the environment. */
export function configurationPage({ Environment, fileVariables }) {
  const variables = Object.entries(Environment.shape).map(([name, schema]) => [
    code(name),
    defaultOf(schema),
    schema.description ?? '',
    fileVariables.includes(name) ? code(`${name}_FILE`) : '',
  ]);
  return [
    notice('libs/config/src/environment.ts'),
    '# Configuration\n\nRead once at start. An empty variable counts as absent. All mistakes are reported together. `npm run config:check` reports them, and those of the document that `CONFIG_FILE` names, without starting anything. ',
    'What belongs to providers, mappings and settings is data: see [the configuration document](configuration-document.md).\n\n',
    table(['variable', 'default', 'meaning', 'from a file'], variables),
  ].join('');
}

/** What is applied as code. */
export function configurationDocumentPage({ configDocumentSchema }) {
  return documentPage(configDocumentSchema(), { notice, table, code });
}

/** Every error code with what the operator does about it. */
export function errorsPage({ codes }) {
  const rows = Object.entries(codes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { meaning, action }]) => [code(name), meaning, action]);
  return [
    notice('libs/errors/src/codes.ts'),
    '# Error codes\n\n',
    table(['code', 'what happened', 'what to do'], rows),
  ].join('');
}

function defaultOf(schema) {
  const parsed = schema.safeParse(undefined);
  return parsed.success && parsed.data !== undefined ? code(String(parsed.data)) : '';
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map(cell).join(' | ')} |\n`;
  return `${line(head)}${line(head.map(() => '---'))}${rows.map(line).join('')}\n`;
}

function cell(value) {
  return String(value).replaceAll('|', '\\|').replace(/\s+/g, ' ');
}

function code(text) {
  return `\`${text}\``;
}

function distinct(values) {
  return [...new Set(values)];
}
