import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import type { DocumentProblem } from '@gatehouse/contracts';
import type { ConfigInvalidError } from './config-invalid.js';

const fileBytesMax = 1_048_576;

/** Stops the start with a message for a person; `explained` keeps the stack from being printed. */
export class StartDocumentError extends Error {
  readonly explained = true;
}

/** @throws StartDocumentError */
export async function readConfigFile(file: string): Promise<string> {
  const bytes = await bytesOf(file);
  if (bytes.length > fileBytesMax) throw new StartDocumentError(`CONFIG_FILE ${file}: it is larger than 1 MB.`);
  if (!isUtf8(bytes)) throw new StartDocumentError(`CONFIG_FILE ${file}: it is not UTF-8 text.`);
  return bytes.toString('utf8');
}

/** One byte more than is allowed tells that there is more, whatever kind of file it is. */
async function bytesOf(file: string): Promise<Buffer> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of createReadStream(file, { end: fileBytesMax })) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch (cause) {
    const code = (cause as { code?: unknown }).code;
    const reason = typeof code === 'string' ? ` (${code})` : '';
    throw new StartDocumentError(`CONFIG_FILE ${resolve(file)}: it cannot be read${reason}.`, { cause });
  }
}

/** For a terminal: a line for each problem, and how many more there are. */
export function explainInvalid({ message, problems, count }: ConfigInvalidError): string {
  const lines = problems.map((problem) => `  - ${placeOf(problem)}${problem.message}`);
  return [message, ...lines, ...(count > problems.length ? [`  and ${count - problems.length} more`] : [])].join('\n');
}

function placeOf({ line, path }: DocumentProblem): string {
  const place = [line === undefined ? '' : `line ${line}`, path].filter(Boolean).join(', ');
  return place ? `${place}: ` : '';
}
