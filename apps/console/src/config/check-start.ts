import { ConfigError, loadConfig } from '@gatehouse/config';
import type { KnownConfig, Variables } from '@gatehouse/config';
import { checkConfig } from './check-config.js';
import { explainInvalid, readConfigFile, StartDocumentError } from './config-file.js';
import { ConfigInvalidError } from './config-invalid.js';
import { knownPlaces } from './config-secrets.js';
import { parseConfigText } from './parse-config-text.js';

export interface StartCheck {
  /** Each of them keeps Gatehouse from starting. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly configFile: string | undefined;
}

/** What a start would read, the environment and the document it names, all of it looked at and nothing started. */
export async function checkStart(variables?: Variables): Promise<StartCheck> {
  const { problems, warnings, known } = checkEnvironment(variables);
  const { configFile } = known;
  if (configFile === undefined) return { problems, warnings, configFile };
  try {
    const unsaid = await checkFile(configFile, known);
    return { problems, warnings: [...warnings, ...unsaid], configFile };
  } catch (error) {
    if (!(error instanceof StartDocumentError)) throw error;
    return { problems: [...problems, error.message], warnings, configFile };
  }
}

function checkEnvironment(variables: Variables | undefined) {
  try {
    const config = loadConfig(variables);
    return { problems: [], warnings: config.warnings, known: config satisfies KnownConfig };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { problems: [error.message], warnings: [], known: error.known };
  }
}

/** @returns what only the database knows: whether a secret that the file leaves out is stored */
async function checkFile(file: string, known: KnownConfig): Promise<readonly string[]> {
  const text = await readConfigFile(file);
  try {
    const source = parseConfigText(text);
    const { document, providers, faults, more } = checkConfig(source, known);
    if (!document) throw ConfigInvalidError.of(source, faults, more);
    return knownPlaces(providers)
      .filter(({ required }) => required)
      .map(({ name }) => `${name} is not in ${file}: the start is refused unless it is stored already`);
  } catch (error) {
    if (!(error instanceof ConfigInvalidError)) throw error;
    throw new StartDocumentError(`CONFIG_FILE ${file}: ${explainInvalid(error)}`, { cause: error });
  }
}
