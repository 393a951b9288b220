import { basename } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { CONFIG, SEED_DOCUMENT } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import type { ConfigDocumentInput } from '@gatehouse/contracts';
import { ConfigApplier } from './config.applier.js';
import { explainInvalid, readConfigFile, StartDocumentError } from './config-file.js';
import { ConfigInvalidError } from './config-invalid.js';
import { parseConfigText, sourceOfJson } from './parse-config-text.js';

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
    const text = await readConfigFile(file);
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

async function explained(name: string, apply: () => Promise<unknown>): Promise<void> {
  try {
    await apply();
  } catch (error) {
    if (!(error instanceof ConfigInvalidError)) throw error;
    throw new StartDocumentError(`${name} was not applied. ${explainInvalid(error)}`, { cause: error });
  }
}
