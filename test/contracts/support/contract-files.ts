import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = resolve(fileURLToPath(import.meta.url), '../../../..');

/** Where Atlassian's documents and the recorded exchanges lie. They may not be redistributed, so not in here. */
export const contractsFolder = resolve(repository, process.env['JIRA_CONTRACTS_DIR'] ?? '../shared/contracts/jira');

export const contractsAreHere = existsSync(join(contractsFolder, 'jira-software-dc-10.3-provisioning-extract.json'));

export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { responses?: Readonly<Record<string, unknown>> }>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

export function openApi(name: string): OpenApi {
  return JSON.parse(readFileSync(join(contractsFolder, name), 'utf8')) as OpenApi;
}

export interface Interaction {
  readonly request: { readonly method: string; readonly path: string; readonly query?: string };
  readonly response: { readonly status: number; readonly contentType: string; readonly body: unknown };
}

interface RecordedFile {
  readonly interactions: readonly {
    readonly request: Interaction['request'];
    readonly response: { status: number; header: Record<string, string[]>; body: string };
  }[];
}

export function recorded(name: string): Interaction[] {
  const file = JSON.parse(readFileSync(join(contractsFolder, 'recorded', name), 'utf8')) as RecordedFile;
  return file.interactions.map(({ request, response }) => ({
    request,
    response: {
      status: response.status,
      contentType: response.header['Content-Type']?.[0] ?? '',
      body: JSON.parse(response.body) as unknown,
    },
  }));
}
