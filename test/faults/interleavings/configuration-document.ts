import type { ConfigDocumentInput } from '@gatehouse/contracts';
import { providers } from './facts.js';
import type { Configuration, Provider, Rules } from './facts.js';
import { excludedFromSweeps } from './reference-model.js';

/** Of accounts that nobody uses. */
export const unusedDays = 90;
/** Of the user property. */
export const teamProperty = 'team';

/** A configuration as an administrator would write it. */
export function documentOf({ rules, perGroupMax, endsUnused }: Configuration): ConfigDocumentInput {
  const of = <Part>(part: (rules: Rules, key: Provider) => Part) =>
    Object.fromEntries(providers.map((key) => [key, part(rules[key], key)]));
  return {
    version: 1,
    providers: of(({ enabled }, key) => ({
      name: key,
      issuer: 'https://idp.example',
      clientId: key,
      enabled,
      authoritativeForUsernames: true,
    })),
    mappings: of((one) => ({
      autoActivate: one.autoActivate,
      signInOverrulesDirectory: one.overrules,
      properties: one.team === 'unnamed' ? [] : [{ key: teamProperty, claim: 'team', whenMissing: one.team }],
      directory: { whenRemoved: one.keepsRemoved ? 'keep' : 'deactivate' },
      groups: {
        update: one.update,
        mode: one.mode,
        keepExisting: one.keepExisting,
        rules: one.rules.map(([from, to]) => ({ from, to })),
        onTheFly: { keepExisting: one.keepExisting, exclude: [...excludedFromSweeps] },
        defaultGroups: [...one.defaults],
        defaultGroupsFor: one.defaultsFor,
        onlyIfNothingMapped: one.onlyIfNothingMapped,
      },
    })),
    settings: { brake: { perGroupMax }, ...(endsUnused ? { inactivity: { days: unusedDays } } : {}) },
  };
}
