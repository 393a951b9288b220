import { adFs } from './ad-fs.js';
import { apple } from './apple.js';
import { auth0 } from './auth0.js';
import { awsCognito } from './aws-cognito.js';
import { custom } from './custom.js';
import { discord } from './discord.js';
import { entraId } from './entra-id.js';
import { github } from './github.js';
import { gitlab } from './gitlab.js';
import { google } from './google.js';
import { keycloak } from './keycloak.js';
import { okta } from './okta.js';
import { oneLogin } from './onelogin.js';
import { ping } from './ping.js';
import type { Preset } from './preset.js';
import { salesforce } from './salesforce.js';
import { slack } from './slack.js';

export type { GuideStep, Preset } from './preset.js';
export { draftOf } from './draft-of.js';

/** In the order in which they are offered. A preset fills in a document once; nothing looks at it at a sign-in. */
export const presets: readonly Preset[] = [
  ...[awsCognito, entraId, okta, google, keycloak, auth0, adFs, ping, oneLogin],
  ...[github, gitlab, salesforce, slack, discord, apple, custom],
];

export function presetOf(key: string): Preset | undefined {
  return presets.find((preset) => preset.key === key);
}
