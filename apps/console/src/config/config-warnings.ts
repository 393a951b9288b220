import type { ConfigExport, ConfigWarning } from '@gatehouse/contracts';
import { isWithheld } from '@gatehouse/mapping';

type Groups = ConfigExport['mappings'][string]['groups'];

/** What a document may say and somebody who says it perhaps does not mean. By path. */
export function configWarnings({ mappings, settings }: ConfigExport): ConfigWarning[] {
  return Object.entries(mappings).flatMap(([key, { groups }]) =>
    [...takesEverythingAway(groups), ...givesNoAdministrators(groups, settings)].map(({ path, message }) => ({
      path: `mappings.${key}.groups.${path}`,
      message,
    })),
  );
}

/** D2: "deselect Keep Existing" reads as if it protected local groups, and does the opposite. */
function takesEverythingAway({ mode, update, onTheFly }: Groups): ConfigWarning[] {
  const { keepExisting, exclude, only } = onTheFly;
  const isSweeping = mode === 'onTheFly' && update === 'everyLogin' && !keepExisting;
  if (!isSweeping || exclude.length > 0 || only.length > 0) return [];
  const message =
    'With keepExisting off and nothing excluded, people leave every Jira group that the provider does not name, those given by hand too. List local groups in exclude.';
  return [{ path: 'onTheFly.exclude', message }];
}

function givesNoAdministrators(
  { mode, rules, defaultGroups, defaultGroupsFor }: Groups,
  settings: ConfigExport['settings'],
): ConfigWarning[] {
  const message = 'This is a group of administrators: it is given only by a rule with an exact name, so not by this.';
  const inForce = mode === 'manual' ? [...rules.entries()] : [];
  const byPattern = inForce.filter(([, { from, to }]) => {
    return from === undefined && isWithheld({ group: to, source: 'pattern' }, settings);
  });
  const byDefault = [...defaultGroups.entries()].filter(([, group]) => {
    return defaultGroupsFor !== 'none' && isWithheld({ group, source: 'default' }, settings);
  });
  return [
    ...byPattern.map(([index]) => ({ path: `rules.${index}.to`, message })),
    ...byDefault.map(([index]) => ({ path: `defaultGroups.${index}`, message })),
  ];
}
