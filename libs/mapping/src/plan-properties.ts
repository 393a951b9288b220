import type { DesiredAccess } from './desired-access.js';

/** A Jira user property that we wrote, and the configuration that asked for it. */
export interface SetProperty {
  readonly property: string;
  readonly configVersion: number;
}

export interface PropertyPlan {
  readonly set: Readonly<Record<string, string>>;
  readonly remove: readonly string[];
}

interface Question {
  readonly desired: Pick<DesiredAccess, 'properties' | 'propertiesKept'>;
  readonly configVersion: number;
  readonly setByUs: readonly SetProperty[];
  readonly actual: Readonly<Record<string, unknown>>;
}

export const noProperties: PropertyPlan = { set: {}, remove: [] };

/** Whether Jira has to be asked at all. */
export function concernsProperties({
  desired,
  setByUs,
}: {
  readonly desired: Pick<DesiredAccess, 'properties'>;
  readonly setByUs: readonly SetProperty[];
}): boolean {
  return Object.keys(desired.properties).length + setByUs.length > 0;
}

/**
 * Only what differs is written. One that nobody names is left alone, unless we set it and the configuration has changed
 * since: then it was switched off (X30). A claim that stays away removes nothing, whatever else is configured meanwhile.
 */
export function planProperties({ desired, configVersion, setByUs, actual }: Question): PropertyPlan {
  const named = Object.entries(desired.properties);
  const set = named.flatMap(([property, value]) =>
    value !== null && actual[property] !== value ? [[property, value] as const] : [],
  );
  const emptied = named.flatMap(([property, value]) => (value === null ? [property] : []));
  const unwanted = new Set([...emptied, ...switchedOff({ desired, configVersion, setByUs })]);
  return { set: Object.fromEntries(set), remove: [...unwanted].filter((property) => Object.hasOwn(actual, property)) };
}

/** Of those we set, the ones that are not to be there any more. */
export function switchedOff({ desired, configVersion, setByUs }: Omit<Question, 'actual'>): string[] {
  const isOff = ({ property, configVersion: setBy }: SetProperty) => {
    if (Object.hasOwn(desired.properties, property)) return desired.properties[property] === null;
    return setBy < configVersion && !desired.propertiesKept.includes(property);
  };
  return setByUs.filter(isOff).map(({ property }) => property);
}
