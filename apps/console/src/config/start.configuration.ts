import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { basename, resolve } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { CONFIG, SEED_DOCUMENT } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import type { ConfigDocumentInput, DocumentProblem } from '@gatehouse/contracts';
import { ConfigApplier } from './config.applier.js';
import { ConfigInvalidError } from './config-invalid.js';
import { parseConfigText, sourceOfJson } from './parse-config-text.js';

const fileBytesMax = 1_048_576;

/** Stops the start with a message for a person; `explained` keeps the stack from being printed. */
export class StartDocumentError extends Error {
  readonly explained = true;
}

/** The file holds at every start; the seed only while nothing has ever been applied. Both before the process listens. */
@Injectable()
export class StartConfiguration implements OnApplicationBootstrap {
  constructor(
    private readonly applier: ConfigApplier,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(SEED_DOCUMENT) private readonly seed: ConfigDocumentInput | undefined,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.config.configFile) await this.applyFile(this.config.configFile);
    else if (this.seed) await this.applySeed(this.seed);
  }

  private async applyFile(file: string): Promise<void> {
    const text = await readBounded(file);
    await explained(file, () => this.applier.apply(parseConfigText(text), { actor: `file:${basename(file)}` }));
  }

  private async applySeed(seed: ConfigDocumentInput): Promise<void> {
    const { version } = await this.applier.current();
    if (version > 0) return;
    const precondition = (held: number) => {
      if (held > 0) throw new AlreadyApplied();
    };
    try {
      await explained('the document of a new installation', () =>
        this.applier.apply(sourceOfJson(seed), { actor: 'seed', precondition }),
      );
    } catch (error) {
      if (!(error instanceof AlreadyApplied)) throw error; // Another replica, or an administrator, was faster.
    }
  }
}

class AlreadyApplied extends Error {}

async function readBounded(file: string): Promise<string> {
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

async function explained(name: string, apply: () => Promise<unknown>): Promise<void> {
  try {
    await apply();
  } catch (error) {
    if (!(error instanceof ConfigInvalidError)) throw error;
    const lines = error.problems.map((problem) => `  - ${placeOf(problem)}${problem.message}`);
    throw new StartDocumentError(`${name} was not applied. ${error.message}\n${lines.join('\n')}`, { cause: error });
  }
}

function placeOf({ line, path }: DocumentProblem): string {
  const place = [line === undefined ? '' : `line ${line}`, path].filter(Boolean).join(', ');
  return place ? `${place}: ` : '';
}
